//! Everything that is read of a message's bytes before anybody is asked: for programs that try what bytes can do.

use super::address::{Address, addresses};
use super::message::Lines;
use super::results::{self, Results};
use super::signature::{self, Signature};
use crate::model::encoded_word;

/// What the header of a message says, believed or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Of each From field.
    pub from: Vec<Result<Vec<Address>, String>>,
    /// Of each Subject field, encoded words decoded.
    pub subjects: Vec<String>,
    /// Of each Authentication-Results field that is not too long.
    pub results: Vec<Results>,
    /// Of each DKIM-Signature field.
    pub signatures: Vec<Result<Signature, String>>,
}

/// Reads the bytes of a message, whatever they are.
pub fn parse(bytes: &[u8]) -> Parsed {
    let lines = Lines::of(bytes);
    let message = lines.message();
    let texts = |name: &'static str| {
        let fields = message.fields.iter().filter(move |field| field.is(name));
        fields.filter_map(super::message::Field::text)
    };
    Parsed {
        from: texts("From").map(|text| addresses(&text)).collect(),
        subjects: texts("Subject")
            .map(|text| encoded_word::decode(&text))
            .collect(),
        results: texts("Authentication-Results")
            .map(|text| results::read(&text))
            .collect(),
        signatures: texts("DKIM-Signature")
            .map(|text| signature::read(&text))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_parts_are_read() {
        let text = "Authentication-Results: mx.example; dmarc=pass\r\nDKIM-Signature: v=1\r\nFrom: a@b.example\r\nSubject: =?utf-8?q?a_b?=\r\n\r\nx";
        let read = parse(text.as_bytes());
        assert_eq!(read.from[0].as_ref().unwrap()[0].local, "a");
        assert_eq!(read.subjects, ["a b"]);
        assert_eq!(read.results[0].results[0].result, "pass");
        assert!(read.signatures[0].is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let _ = parse(&bytes);
        }
    }
}
