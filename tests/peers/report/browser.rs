//! Headless Chromium without a network: measures a page in a frame of a given width, prints it, takes its picture.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How what is wrong begins in what [`Browser::measured`] tells.
pub const MEASURE: [&str; 5] = ["overflow ", "handler ", "element ", "address ", "loaded "];

/// What one call may take, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How far a picture reaches down, in CSS pixels: the whole of a page is longer than a picture may be.
const HEIGHT: u32 = 6000;

/// A4 in points, and how far a word may reach: into the margin, not to the edge.
const A4: (f64, f64) = (595.0, 842.0);
const EDGE: f64 = 20.0;

/// Whether the system prefers dark.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Dark {
    No,
    Yes,
}

/// A browser with a profile of its own.
pub struct Browser {
    folder: TempDir,
    pictures: PathBuf,
}

impl Browser {
    pub fn new() -> Self {
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/report-pictures");
        fs::create_dir_all(&pictures).unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            pictures,
        }
    }

    /// What a page is in a frame of that width, a line each: see [`MEASURE`]; then its text. The page itself may run no
    /// script; the one that measures stands around it.
    pub fn measured(&self, page: &str, width: u32) -> Vec<String> {
        let file = self.framed(page, width, 800, SCRIPT);
        let url = format!("file://{}", file.display());
        let output = self.run(&["--dump-dom", "--virtual-time-budget=10000", &url]);
        let dom = String::from_utf8_lossy(&output.stdout);
        let (_, told) = dom
            .split_once("<pre id=\"told\">")
            .unwrap_or_else(|| panic!("nothing measured: {dom}"));
        let told = told.split("</pre>").next().unwrap();
        let plain = told
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&nbsp;", "\u{a0}")
            .replace("&amp;", "&");
        plain.lines().map(str::to_owned).collect()
    }

    /// A page on paper.
    pub fn printed(&self, page: &Path, name: &str) -> Paper {
        let file = self.pictures.join(format!("{name}.pdf"));
        let to = format!("--print-to-pdf={}", file.display());
        let url = format!("file://{}", page.display());
        self.run(&["--no-pdf-header-footer", &to, &url]);
        Paper { file }
    }

    /// A picture below `target/report-pictures`.
    pub fn picture(&self, page: &str, name: &str, width: u32, dark: Dark) {
        let file = self.framed(page, width, HEIGHT, "");
        let to = format!(
            "--screenshot={}",
            self.pictures.join(format!("{name}.png")).display()
        );
        let size = format!("--window-size={},{HEIGHT}", width.max(500));
        let scheme = match dark {
            Dark::Yes => "--blink-settings=preferredColorScheme=0",
            Dark::No => "--blink-settings=preferredColorScheme=1",
        };
        let url = format!("file://{}", file.display());
        self.run(&["--hide-scrollbars", &to, &size, scheme, &url]);
        let bytes = fs::read(self.pictures.join(format!("{name}.png"))).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"), "{name}: no picture");
    }

    /// A file with the page in a frame.
    fn framed(&self, page: &str, width: u32, height: u32, script: &str) -> PathBuf {
        let inside = page.replace('&', "&amp;").replace('"', "&quot;");
        let file = self.folder.path().join("frame.html");
        let text = format!(
            "<!DOCTYPE html><meta charset=utf-8><meta name=color-scheme content=\"light dark\"><body style=\"margin:0\">\
             <iframe id=page style=\"border:0;width:{width}px;height:{height}px\" srcdoc=\"{inside}\"></iframe>{script}"
        );
        fs::write(&file, text).unwrap();
        file
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let profile = format!(
            "--user-data-dir={}",
            self.folder.path().join("profile").display()
        );
        let out = self.folder.path().join("stdout");
        let log = self.folder.path().join("stderr");
        let mut child = Command::new("/usr/bin/chromium")
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
            ])
            .arg("--host-resolver-rules=MAP * ~NOTFOUND")
            .arg(profile)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&out).unwrap())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end {
                let _ = child.kill();
                let _ = child.wait();
                panic!(
                    "chromium took too long: {}",
                    fs::read_to_string(&log).unwrap()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let output = Output {
            status,
            stdout: fs::read(&out).unwrap(),
            stderr: fs::read(&log).unwrap(),
        };
        assert!(
            status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }
}

/// A printed page.
pub struct Paper {
    file: PathBuf,
}

impl Paper {
    /// What is not as it should be on paper.
    pub fn problems(&self, page: &str) -> Vec<String> {
        let mut list = Vec::new();
        let info = poppler("pdfinfo", &self.file, &[]);
        let size = info
            .lines()
            .find_map(|line| line.strip_prefix("Page size:"));
        if !size.is_some_and(|size| size.contains("A4")) {
            list.push(format!("paper: not A4: {size:?}"));
        }
        let words = poppler("pdftotext", &self.file, &["-bbox", "-"]);
        let mut printed = 0;
        for line in words.lines().filter(|line| line.contains("<word ")) {
            printed += 1;
            let at = |name: &str| -> f64 {
                let (_, rest) = line.split_once(&format!("{name}=\"")).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            };
            let inside = at("xMin") >= EDGE
                && at("xMax") <= A4.0 - EDGE
                && at("yMin") >= EDGE
                && at("yMax") <= A4.1 - EDGE;
            // Chromium shrinks a page that is too wide: what cannot be read is as good as cut.
            let height = at("yMax") - at("yMin");
            if !inside || height < 7.0 {
                list.push(format!("paper: cut or too small: {}", line.trim()));
            }
        }
        list.truncate(10);
        if printed == 0 {
            list.push("paper: it is empty".to_owned());
        }
        let text: String = poppler("pdftotext", &self.file, &["-"])
            .split_whitespace()
            .collect();
        let body = page.split_once("<body>").map_or("", |(_, body)| body);
        let gone = plain_words(body).filter(|word| !text.contains(word));
        list.extend(gone.take(10).map(|word| format!("paper: lost {word:?}")));
        list
    }
}

/// Words of letters alone, outside of tags.
fn plain_words(body: &str) -> impl Iterator<Item = &str> {
    body.split('<')
        .filter_map(|piece| piece.split_once('>'))
        .flat_map(|(_, text)| text.split_whitespace())
        .filter(|word| word.len() < 20 && word.chars().all(|c| c.is_ascii_alphabetic()))
        // Letter pairs that a font may draw as one sign.
        .filter(|word| !["ff", "fi", "fl"].iter().any(|pair| word.contains(pair)))
}

fn poppler(tool: &str, file: &Path, more: &[&str]) -> String {
    let (before, after) = more.split_at(more.len().saturating_sub(1));
    let output = Command::new(tool)
        .args(before)
        .arg(file)
        .args(after)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Looks into the frame once it is there. Elements that a report has no use for are named; so is everything that reaches out.
const SCRIPT: &str = r"<script>
addEventListener('load', () => {
  const frame = document.getElementById('page'), inside = frame.contentDocument, told = [];
  const root = inside.documentElement;
  told.push('width ' + frame.contentWindow.innerWidth);
  if (root.scrollWidth > root.clientWidth) told.push('overflow page ' + root.scrollWidth + ' of ' + root.clientWidth);
  const known = 'html head meta title style body main h1 h2 h3 p dl dt dd ul ol li table thead tbody tr th td pre div span figure figcaption svg path line rect text';
  for (const element of inside.querySelectorAll('*')) {
    const name = element.localName, text = element.textContent.trim().slice(0, 60).replace(/\s+/g, ' ');
    if (!known.split(' ').includes(name)) told.push('element ' + name);
    for (const attribute of element.attributes) {
      if (attribute.name.startsWith('on')) told.push('handler ' + attribute.name);
      if (['src', 'href', 'srcset', 'action', 'data', 'background'].includes(attribute.name)) told.push('address ' + attribute.name);
    }
    if (inside.body.contains(element) && element !== inside.body) {
      const box = element.getBoundingClientRect();
      if (box.right > root.clientWidth + 1) told.push('overflow ' + name + ' to ' + Math.round(box.right) + ': ' + text);
      if (element.clientWidth && element.scrollWidth > element.clientWidth + 1)
        told.push('overflow inside ' + name + ' ' + element.scrollWidth + ' of ' + element.clientWidth + ': ' + text);
    }
  }
  for (const resource of frame.contentWindow.performance.getEntriesByType('resource')) told.push('loaded ' + resource.name);
  for (const style of inside.querySelectorAll('style')) if (/url\(|@import/.test(style.textContent)) told.push('address in a style');
  const pre = document.createElement('pre');
  pre.id = 'told';
  // Each text on one line, as it is read.
  pre.textContent = told.join('\n') + '\ntext\n' + inside.body.innerText.replace(/[ \t]+/g, ' ');
  document.body.append(pre);
});
</script>";
