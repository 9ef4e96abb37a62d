//! Steps as they are read at each DNS host and platform of the catalogues.

use super::*;
use crate::model::observation::dns::RecordType;
use crate::remedy::records;

fn place(host: Option<&str>) -> Place {
    let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
    intent.dns_host = host.map(str::to_owned);
    console(&intent)
}

#[test]
fn a_name_is_typed_as_the_host_wants_it() {
    for (host, name, want) in [
        (Some("godaddy"), "_dmarc.acme.example", "_dmarc"),
        (Some("godaddy"), "acme.example", "@"),
        (Some("route53"), "acme.example", ""),
        (
            Some("hurricane-electric"),
            "_dmarc.acme.example",
            "_dmarc.acme.example",
        ),
        (Some("hurricane-electric"), "acme.example", "acme.example"),
        (None, "a.b.acme.example", "a.b"),
        (None, "other.example", "other.example"),
        (None, "evilacme.example", "evilacme.example"),
    ] {
        assert_eq!(place(host).name_field(name), want, "{host:?} {name}");
    }
}

#[test]
fn steps_name_the_console_the_fields_and_the_value() {
    let name = HostName::parse("_dmarc.acme.example").unwrap();
    let changes = [records::add(&name, RecordType::Txt, "v=DMARC1; p=none")];
    let steps = place(Some("cloudflare")).steps(&changes);
    assert!(steps[0].contains("dash.cloudflare.com"), "{steps:?}");
    assert_eq!(
        steps[1],
        "Add a record: type TXT; Name `_dmarc`; Content `v=DMARC1; p=none`; TTL 3600 s (1 h)."
    );
    assert!(
        place(None)
            .undo(&changes)
            .contains("delete the record TXT _dmarc.acme.example")
    );
}

/// What must hold for every row of the catalogue, whatever the editor is like.
#[test]
fn every_host_gets_steps_that_can_be_followed() {
    let apex = HostName::parse("acme.example").unwrap();
    let below = HostName::parse("mail._domainkey.acme.example").unwrap();
    let key = format!("v=DKIM1; k=rsa; p={}", "A".repeat(392));
    let changes = [
        records::add(&below, RecordType::Txt, key.as_str()),
        records::add(&apex, RecordType::Mx, "10 mx.mailer.example"),
        records::add(&apex, RecordType::Cname, "apex.platform.example"),
    ];
    for host in dns_host::all() {
        let place = place(Some(&host.id));
        let steps = place.steps(&changes);
        let all = steps.join("\n");
        for part in [&host.open, &host.path, &host.name_label, &host.value_label] {
            assert!(
                !part.is_empty() && all.contains(part.as_str()),
                "{}: {part}",
                host.id
            );
        }
        let name = match host.name {
            NameForm::Full => below.as_str(),
            NameForm::Relative | NameForm::Either => "mail._domainkey",
        };
        assert_eq!(place.name_field(below.as_str()), name, "{}", host.id);
        let field = place.name_field(apex.as_str());
        let wanted: &[&str] = match host.name {
            NameForm::Full => &["acme.example"],
            NameForm::Relative | NameForm::Either => &["", "@"],
        };
        assert!(wanted.contains(&field.as_str()), "{}: {field}", host.id);
        let text = place.value_field("TXT", &key);
        assert_eq!(text == key, host.text != TextForm::Quoted, "{}", host.id);
        if host.text == TextForm::Quoted {
            let pieces: Vec<&str> = text.trim_matches('"').split("\" \"").collect();
            assert!(pieces.iter().all(|p| p.len() <= 255), "{}", host.id);
            assert_eq!(pieces.concat(), key, "{}", host.id);
        }
        assert_eq!(
            all.contains("in quoted pieces"),
            host.text == TextForm::Plain,
            "{}",
            host.id
        );
        let target = place.value_field("MX", "10 mx.mailer.example");
        assert_eq!(target.ends_with('.'), host.dotted, "{}", host.id);
        assert!(
            all.contains("CNAME cannot stand at acme.example"),
            "{}",
            host.id
        );
        for quirk in &host.quirks {
            assert!(all.contains(quirk.as_str()), "{}: {quirk}", host.id);
        }
        let last = steps.last().unwrap();
        assert!(last.starts_with("After saving: "), "{}: {last}", host.id);
        assert!(last.contains(host.wait.as_str()), "{}: {last}", host.id);
    }
}

#[test]
fn every_platform_says_what_must_stay_beside_an_address_and_only_there() {
    let name = HostName::parse("www.acme.example").unwrap();
    let leads = [records::add(&name, RecordType::Cname, "x.platform.example")];
    let text = [records::add(&name, RecordType::Txt, "v=spf1 -all")];
    for platform in platform::platforms() {
        let mut intent = Intent::of(HostName::parse("acme.example").unwrap());
        intent.platform = Some(platform.id.clone());
        let place = console(&intent);
        let head = format!("For {}: ", platform.title);
        let says = |changes: &[RecordChange]| {
            place
                .steps(changes)
                .into_iter()
                .find(|step| step.starts_with(&head))
        };
        let said = says(&leads).unwrap_or_default();
        assert_eq!(
            !said.is_empty(),
            !platform.keep.is_empty() || platform.dns_only,
            "{}",
            platform.id
        );
        assert!(said.contains(&platform.keep), "{}: {said}", platform.id);
        assert_eq!(
            said.contains("no proxy"),
            platform.dns_only,
            "{}",
            platform.id
        );
        assert_eq!(says(&text), None, "{}", platform.id);
    }
}

#[test]
fn values_are_typed_as_the_editor_wants_them() {
    for (host, rtype, value, want) in [
        (Some("route53"), "TXT", "v=spf1 -all", "\"v=spf1 -all\""),
        (
            Some("google-cloud"),
            "TXT",
            "v=spf1 -all",
            "\"v=spf1 -all\"",
        ),
        (Some("cloudflare"), "TXT", "v=spf1 -all", "v=spf1 -all"),
        (None, "TXT", "v=spf1 -all", "v=spf1 -all"),
        (Some("hetzner"), "MX", "10 mx.example", "10 mx.example."),
        (Some("hetzner"), "MX", "0 .", "0 ."),
        (Some("gandi"), "CNAME", "a.example.", "a.example."),
        (Some("hetzner"), "A", "203.0.113.9", "203.0.113.9"),
        (Some("godaddy"), "CNAME", "a.example", "a.example"),
    ] {
        assert_eq!(place(host).value_field(rtype, value), want, "{host:?}");
    }
}

#[test]
fn undo_puts_the_old_content_back() {
    let name = HostName::parse("acme.example").unwrap();
    let changes = [records::replace(
        &name,
        RecordType::A,
        "203.0.113.9",
        "203.0.113.10",
    )];
    assert!(place(None).undo(&changes).contains("`203.0.113.9`"));
}
