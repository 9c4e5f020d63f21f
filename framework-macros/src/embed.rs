//! `embed!`: the files of a directory as constants.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// The expansion of `embed!`.
pub(crate) fn embed(input: TokenStream) -> TokenStream {
    expand(input).unwrap_or_else(|error| error.to_compile_error())
}

fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    let wrong = |at, text: String| syn::Error::new(at, text);
    let literal: LitStr = syn::parse2(input).map_err(|error| {
        let help = "help: write the path beside `Cargo.toml`: `embed!(\"static\")`";
        wrong(error.span(), format!("expected a directory\n{help}"))
    })?;
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let directory = PathBuf::from(root).join(literal.value());
    let mut files = Vec::new();
    collect(&directory, "", 0, &mut files).map_err(|error| {
        let text = format!("`{}` cannot be embedded: {error}", directory.display());
        wrong(literal.span(), text)
    })?;
    files.sort();
    let files = files
        .iter()
        .map(|(name, path)| quote!((#name, ::core::include_bytes!(#path) as &'static [u8])));
    Ok(quote!(::rustzeug::middleware::EmbeddedDir::new(&[#(#files),*])))
}

/// Adds the names and absolute paths of all files below a directory.
fn collect(
    directory: &Path,
    prefix: &str,
    depth: usize,
    files: &mut Vec<(String, String)>,
) -> Result<(), String> {
    if depth > DEEPEST {
        return Err(format!("`{prefix}` is {depth} directories deep"));
    }
    for entry in fs::read_dir(directory).map_err(|error| error.to_string())? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let (Some(name), Some(text)) = (
            path.file_name().and_then(|name| name.to_str()),
            path.to_str(),
        ) else {
            return Err(format!("`{}` is not UTF-8", path.display()));
        };
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), depth + 1, files)?;
        } else {
            files.push((name, text.to_owned()));
        }
    }
    Ok(())
}

/// A symbolic link to a directory above would never end.
const DEEPEST: usize = 32;
