use super::*;
use crate::datastructures::WwwAuthenticate;

#[test]
fn kinds_have_their_status() {
    for kind in Kind::ALL {
        let found = Kind::of(kind.status());
        assert_eq!(found, Some(kind.parent().unwrap_or(*kind)), "{kind:?}");
    }
    assert_eq!(Kind::of(StatusCode::PAYMENT_REQUIRED), None);
    assert_eq!(Kind::SecurityError.class(), "SecurityError");
    assert_eq!(Kind::RequestUriTooLarge.class(), "RequestURITooLarge");
}

#[test]
fn derived_kinds_are_their_parents() {
    let error = HttpException::from(SecurityError);
    assert!(error.is::<SecurityError>() && error.is::<BadRequest>());
    assert!(!error.is::<BadHost>() && !error.is::<NotFound>());
}

#[test]
fn every_error_converts() {
    fn io() -> Result<(), HttpException> {
        Err(std::io::Error::other("a"))?;
        Ok(())
    }
    fn text() -> Result<(), HttpException> {
        Err("b")?;
        Ok(())
    }
    fn boxed() -> Result<(), HttpException> {
        let error: Box<dyn std::error::Error + Send + Sync> = "c".into();
        Err(error)?;
        Ok(())
    }
    fn kind() -> Result<(), HttpException> {
        Err(NotFound)?;
        Ok(())
    }
    fn itself() -> Result<(), HttpException> {
        kind()?;
        Ok(())
    }
    let code = |result: Result<(), HttpException>| result.unwrap_err().code();
    assert_eq!(
        [io(), text(), boxed(), kind(), itself()].map(code),
        [500, 500, 500, 404, 404]
    );
    assert_eq!(size_of::<Result<(), HttpException>>(), size_of::<usize>());
}

#[test]
fn fields_are_set() {
    let error = ServiceUnavailable.with_retry_after(0);
    assert!(error.headers().is_empty());
    let challenge = WwwAuthenticate::basic("x y");
    let error = Unauthorized.with_www_authenticate(&challenge).unwrap();
    assert_eq!(
        error.headers().get("www-authenticate"),
        Some("Basic realm=\"x y\"")
    );
    let challenge = WwwAuthenticate::basic("a\nb");
    assert!(Unauthorized.with_www_authenticate(&challenge).is_err());
    assert!(
        HttpException::from(MethodNotAllowed::default())
            .headers()
            .is_empty()
    );
}
