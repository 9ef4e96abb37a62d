//! Credentials from environment variables, for CI.

use secrecy::SecretString;

/// `LAUNCH_READY_SECRET_ACCOUNT_A` for `account-a`.
pub(super) fn variable(name: &str) -> String {
    let upper: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    format!("LAUNCH_READY_SECRET_{upper}")
}

/// The value of the variable, when it is set to something.
pub(super) fn read(name: &str) -> Option<SecretString> {
    std::env::var(variable(name))
        .ok()
        .filter(|value| !value.is_empty())
        .map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_variables() {
        assert_eq!(
            variable("account-a.token"),
            "LAUNCH_READY_SECRET_ACCOUNT_A_TOKEN"
        );
        assert!(read("surely-not-set-anywhere").is_none());
    }
}
