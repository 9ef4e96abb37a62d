//! A session's reports as others read them: the page in headless Chromium, at the width of a telephone and on A4, and the
//! Markdown in a linter. What hostile people and servers wrote is in it, and stays text.
//!
//! Pictures and files are kept below `target/report-pictures/`: CI keeps them as its output.

mod browser;
mod lint;
mod pack;

use std::fs;

use super::wanted;
use browser::{Browser, Dark, MEASURE};
use pack::{EDITIONS, HOSTILE, Pack, SECRETS};

/// A telephone held upright, and a usual screen, in CSS pixels.
const NARROW: u32 = 360;
const WIDE: u32 = 1280;

#[test]
fn reports_are_whole_and_harmless_in_a_browser_on_paper_and_in_a_linter() {
    if !wanted() {
        return;
    }
    let pack = Pack::made();
    let browser = Browser::new();
    let mut wrong = Vec::new();
    for edition in EDITIONS {
        let page = pack.read(edition, "html");
        let markdown = pack.read(edition, "md");
        let mut say = |what: String| wrong.push(format!("{edition}: {what}"));
        for secret in SECRETS {
            for (kind, text) in [("page", &page), ("Markdown", &markdown)] {
                if text.contains(secret) {
                    say(format!("the {kind} holds {secret}"));
                }
            }
        }
        for width in [NARROW, WIDE] {
            let told = browser.measured(&page, width);
            let line = |name: &str| {
                let found = told.iter().find_map(|line| line.strip_prefix(name));
                found.map(str::trim).map(str::to_owned)
            };
            if line("width ") != Some(width.to_string()) {
                say(format!("not measured at {width}: {told:?}"));
            }
            let strange = told
                .iter()
                .take_while(|line| *line != "text")
                .filter(|line| MEASURE.iter().any(|bad| line.starts_with(bad)));
            strange.for_each(|line| say(format!("at {width}: {line}")));
            let shown = told.join("\n");
            for text in HOSTILE.shown(edition) {
                if !shown.contains(text) {
                    say(format!("at {width}: does not show {text:?} as text"));
                }
            }
        }
        let paper = browser.printed(&pack.path(edition, "html"), edition);
        paper.problems(&page).into_iter().for_each(&mut say);
        for (name, width, dark) in [
            ("narrow-light", NARROW, Dark::No),
            ("narrow-dark", NARROW, Dark::Yes),
            ("wide-light", WIDE, Dark::No),
            ("wide-dark", WIDE, Dark::Yes),
        ] {
            browser.picture(&page, &format!("{edition}-{name}"), width, dark);
        }
        lint::problems(&pack.path(edition, "md"))
            .into_iter()
            .for_each(&mut say);
    }
    assert!(wrong.is_empty(), "the reports:\n{}", wrong.join("\n"));
}

/// The browser and the linter see what they are there to see.
#[test]
fn a_page_that_is_wrong_is_seen_to_be_wrong() {
    if !wanted() {
        return;
    }
    let browser = Browser::new();
    let page = "<!DOCTYPE html><html><body><p>hello</p><div style=\"width:900px\">wide</div>\
         <p onclick=\"x()\">a</p><script>1</script><img src=\"http://127.0.0.1:9/x.png\"><a href=\"javascript:1\">l</a></body></html>";
    let told = browser.measured(page, NARROW).join("\n");
    for want in [
        "overflow ",
        "handler onclick",
        "element script",
        "element img",
        "address src",
        "address href",
        "loaded ",
    ] {
        assert!(told.contains(want), "{want}\n{told}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cut.html");
    let page = "<!DOCTYPE html><html><body><div style=\"width:5000px;text-align:right\">faraway</div></body></html>";
    fs::write(&file, page).unwrap();
    assert!(!browser.printed(&file, "cut").problems(page).is_empty());
    let file = folder.path().join("bad.md");
    fs::write(&file, "# A\n### B\ntext\n# C\n").unwrap();
    assert!(!lint::problems(&file).is_empty());
}
