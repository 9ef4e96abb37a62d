//! Secrets that were told to a server: whatever it sends back is shown without them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::model::text::escape;

/// Stands where a secret stood.
const MASK: &str = "[hidden]";

/// A password in every form in which it goes over the wire, and so may come back.
#[derive(Clone, Default)]
pub(in crate::net) struct Hidden(Vec<Zeroizing<String>>);

impl Hidden {
    /// The forms of a password: as it is, as it would be shown, quoted for IMAP, and as SASL encodes it (RFC 4616 §2).
    pub(in crate::net) fn new(user: &str, password: &SecretString) -> Self {
        let bare = password.expose_secret();
        let quoted = Zeroizing::new(bare.replace('\\', "\\\\").replace('"', "\\\""));
        let coded = |plain: &str| {
            let text = Zeroizing::new(BASE64.encode(plain));
            // The padding may be written or not.
            Zeroizing::new(text.trim_end_matches('=').to_owned())
        };
        let mut forms = vec![
            Zeroizing::new(bare.to_owned()),
            Zeroizing::new(escape(bare)),
            Zeroizing::new(escape(&quoted)),
            quoted,
            coded(bare),
            coded(&plain(user, password)),
        ];
        forms.retain(|form| !form.is_empty());
        // What holds another goes first.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self(forms)
    }

    /// `text` without the secrets, whatever the case of their letters.
    pub(in crate::net) fn mask(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for form in &self.0 {
            masked = replaced(&masked, form);
        }
        masked
    }
}

/// The PLAIN message (RFC 4616 §2), not yet encoded.
pub(in crate::net) fn plain(user: &str, password: &SecretString) -> Zeroizing<String> {
    Zeroizing::new(format!("\0{user}\0{}", password.expose_secret()))
}

fn replaced(text: &str, secret: &str) -> String {
    let (low, wanted) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (at, found) in low.match_indices(&wanted) {
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push_str(MASK);
        done = at + found.len();
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_masked_and_the_rest_stays() {
        let password = SecretString::from("pa\"ss\u{202e}wörd");
        let hidden = Hidden::new("u@acme.example", &password);
        let sasl = BASE64.encode(plain("u@acme.example", &password).as_str());
        for echo in [
            password.expose_secret().to_owned(),
            password.expose_secret().to_uppercase().replace('Ö', "ö"),
            escape(password.expose_secret()),
            "pa\\\"ss\u{202e}wörd".to_owned(),
            BASE64.encode(password.expose_secret()),
            sasl,
        ] {
            let masked = hidden.mask(&format!("no {echo} yes"));
            let rest = masked.trim_end_matches(" yes").trim_end_matches('=');
            assert_eq!(rest, "no [hidden]", "{echo}");
        }
        assert_eq!(Hidden::default().mask("as it is"), "as it is");
    }
}
