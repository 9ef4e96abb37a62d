//! A server process that a test starts and stops, by its own id.

use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server; dropping it stops it.
pub struct Server {
    name: String,
    child: Child,
    farewell: &'static str,
}

impl Server {
    /// Starts `command` in the foreground.
    pub fn start(name: &str, command: &mut Command) -> Self {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("starting {name}: {e}"));
        Self {
            name: name.to_owned(),
            child,
            // A gentle end, so that worker processes end with their master.
            farewell: "-TERM",
        }
    }

    /// One that keeps nothing, has no workers, and would take its time to end.
    pub fn ended_at_once(mut self) -> Self {
        self.farewell = "-KILL";
        self
    }

    /// Waits until `ready` says so.
    pub fn wait(mut self, ready: impl Fn() -> bool) -> Self {
        let end = Instant::now() + Duration::from_secs(20);
        while !ready() {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "{} ended at once: {ended:?}", self.name);
            assert!(Instant::now() < end, "{} does not answer", self.name);
            std::thread::sleep(Duration::from_millis(50));
        }
        self
    }

    /// Asks it to end, without waiting for that.
    pub fn ask_to_end(&self) {
        let _ = Command::new("kill")
            .arg(self.farewell)
            .arg(self.child.id().to_string())
            .status();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ask_to_end();
        let end = Instant::now() + Duration::from_secs(5);
        while self.child.try_wait().ok().flatten().is_none() {
            if Instant::now() > end {
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Whether something listens there.
pub fn listens(address: &str) -> bool {
    let address: SocketAddr = address.parse().unwrap();
    TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok()
}

/// Whether a DNS server answers a question for the root's SOA.
pub fn answers_dns(address: &str) -> bool {
    let question: [u8; 17] = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1];
    let Ok(socket) = UdpSocket::bind("127.0.0.1:0") else {
        return false;
    };
    socket
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let mut reply = [0; 512];
    socket.send_to(&question, address).is_ok() && socket.recv(&mut reply).is_ok()
}
