//! A web server that says what a test wants.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::servers::{HOST, Tcp};

/// A web server that keeps connections, and the requests that it heard.
pub struct Web {
    pub tcp: Tcp,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Web {
    /// Answers each path with the bytes that `answer` gives; hangs up after an empty one.
    pub async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::over(None, answer).await
    }

    pub async fn over(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let shared = Arc::new((answer, Arc::clone(&heard)));
        let tcp = Tcp::start(move |stream| {
            let (shared, tls) = (Arc::clone(&shared), tls.clone());
            async move {
                match tls {
                    None => serve(stream, &shared.0, &shared.1).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            serve(stream, &shared.0, &shared.1).await;
                        }
                    }
                }
            }
        })
        .await;
        Self { tcp, heard }
    }

    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve<S>(stream: S, answer: &impl Fn(&str) -> Vec<u8>, ears: &Mutex<Vec<String>>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if !matches!(stream.read_line(&mut head).await, Ok(1..)) {
                return;
            }
        }
        let path = head.split(' ').nth(1).unwrap().to_owned();
        ears.lock().unwrap().push(head);
        let bytes = answer(&path);
        if bytes.is_empty() || stream.write_all(&bytes).await.is_err() {
            return;
        }
        stream.flush().await.unwrap();
    }
}

pub fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub fn moved(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

pub fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

pub fn home() -> Url {
    url(&format!("http://{HOST}/"))
}
