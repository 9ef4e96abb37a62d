use super::*;
use crate::app::overlay::{Overlay, Question};
use crate::app::vault::{Credential, Secret, Vault};

fn in_vault() -> Cockpit {
    let mut cockpit = Cockpit::in_sprint(Vec::new());
    cockpit.press("v");
    assert_eq!(cockpit.asked, [Effect::ReadVault]);
    cockpit.asked.clear();
    cockpit.send(Message::VaultRead(Box::new(Vault {
        backend: Some("keyring".into()),
        credentials: vec![Credential {
            name: "a".into(),
            used_by: "account a".into(),
            stored: true,
            tested: None,
        }],
        problem: None,
        busy: false,
    })));
    cockpit
}

#[test]
fn a_secret_goes_to_the_vault_and_nowhere_else() {
    let mut cockpit = in_vault();
    cockpit.press("s");
    cockpit.text("hunter");
    assert!(cockpit.state.is_typing_a_secret());
    cockpit.send(Message::Paste("2".into()));
    assert!(!format!("{:?}", cockpit.state).contains("hunter"));
    cockpit.press("enter");
    assert_eq!(
        cockpit.asked,
        [Effect::StoreSecret {
            name: "a".into(),
            secret: Secret::new("hunter2".into())
        }]
    );
    assert!(!format!("{:?} {:?}", cockpit.asked, cockpit.state).contains("hunter"));
    assert!(!cockpit.state.is_typing_a_secret());
}

#[test]
fn enter_tests_what_is_stored() {
    let mut cockpit = in_vault();
    cockpit.press("enter");
    assert_eq!(cockpit.asked, [Effect::TestCredential("a".into())]);
    cockpit.send(Message::CredentialTested {
        name: "a".into(),
        result: Ok("read from the keyring".into()),
    });
    assert_eq!(
        cockpit.state.vault.credentials[0].tested,
        Some(Ok("read from the keyring".into()))
    );
}

#[test]
fn removing_is_asked_and_the_key_that_asked_does_not_answer() {
    let mut cockpit = in_vault();
    cockpit.press("x x");
    assert!(matches!(
        &cockpit.state.overlay,
        Some(Overlay::Confirm(c)) if c.question == Question::RemoveSecret("a".into())
    ));
    assert!(cockpit.asked.is_empty());
    cockpit.press("y");
    assert_eq!(cockpit.asked, [Effect::RemoveCredential("a".into())]);
}
