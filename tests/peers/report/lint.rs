//! PyMarkdown over a report: every rule but those below.

use std::path::Path;
use std::process::Command;

/// Rules that a report does not keep, and why: lines are as long as what was said (MD013); two findings may have the same
/// heading, each under its own section (MD024).
const OFF: &str = "md013,md024";

/// What the linter has to say about a file.
pub fn problems(file: &Path) -> Vec<String> {
    let linter = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pymarkdown/bin/pymarkdown");
    let output = Command::new(&linter)
        .args([
            "-d",
            OFF,
            "--set",
            "extensions.markdown-tables.enabled=$!True",
        ])
        .args([
            "--set",
            "extensions.markdown-task-list-items.enabled=$!True",
        ])
        .args(["scan", "--"])
        .arg(file)
        .output()
        .unwrap_or_else(|e| panic!("{}: {e}: .ci/run installs it", linter.display()));
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    // 0: nothing to say; 1: it said something. Everything else is a linter that did not lint.
    assert!(
        matches!(output.status.code(), Some(0 | 1)) && errors.trim().is_empty(),
        "pymarkdown: {errors}{text}"
    );
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("Markdown: {line}"))
        .collect();
    assert_eq!(lines.is_empty(), output.status.success(), "{text}");
    lines
}
