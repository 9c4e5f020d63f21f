use rustzeug::prelude::*;

#[rustzeug::main]
async fn main() -> Result<u32> {
    Ok(7)
}
