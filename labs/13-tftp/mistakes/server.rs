//! Wrong servers, and what they do right.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::path::{Component, Path, PathBuf};
use std::thread;

use crate::packet::{self, Options, Packet, Request};
use crate::transfer::{Heard, Transfer, Ways};

/// In which way a server is wrong.
#[derive(Clone, Copy, Default)]
pub struct Server {
    pub ways: Ways,
    pub is_next_door: bool,
    pub has_one_port: bool,
    pub keeps_errors_to_itself: bool,
    pub has_one_code: bool,
    pub joins_any_name: bool,
    pub compares_letters: bool,
    pub follows_links: bool,
    pub takes_any_mode: bool,
    pub refuses_options: bool,
    pub grants_all: bool,
    pub forgets_what_it_grants: bool,
    pub serves_one: bool,
    pub dies_of_garbage: bool,
}

/// A server that is right but for its transfers.
pub fn transfers(ways: Ways) -> io::Result<()> {
    serve(Server { ways, ..Server::default() })
}

pub fn serve(server: Server) -> io::Result<()> {
    let address = if server.is_next_door { "127.0.0.1:6970" } else { "127.0.0.1:6969" };
    let folder = PathBuf::from(std::env::args().nth(2).unwrap_or_else(|| ".".to_owned()));
    let folder = fs::canonicalize(folder)?;
    let socket = UdpSocket::bind(address)?;
    println!("serving {} at {address}", folder.display());
    let mut buffer = [0; 2048];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        let packet = Packet::read(&buffer[..length]);
        if server.dies_of_garbage {
            println!("a packet of kind {}", buffer[..length][1]);
        }
        let Some(packet) = packet else { continue };
        let own = match server.has_one_port {
            true => socket.try_clone()?,
            false => UdpSocket::bind("127.0.0.1:0")?,
        };
        let folder = folder.clone();
        let transfer = move || {
            if let Err(error) = server.transfer(&folder, own, client, packet) {
                println!("{client}: {error}");
            }
        };
        match server.serves_one || server.has_one_port {
            true => transfer(),
            false => drop(thread::spawn(transfer)),
        }
    }
}

impl Server {
    fn transfer(
        self,
        folder: &Path,
        socket: UdpSocket,
        client: SocketAddr,
        packet: Packet,
    ) -> io::Result<()> {
        let mut transfer = Transfer::new(socket, client, self.ways);
        let done = match packet {
            Packet::Read(request) => self.send(&mut transfer, folder, &request),
            Packet::Write(request) => self.take(&mut transfer, folder, &request),
            _ => return Ok(()),
        };
        // What the system says goes to the log alone.
        let is_own = |error: &io::Error| error.raw_os_error().is_none();
        // What the client has told is no news to it.
        let is_told = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionAborted;
        if let Err(error) = &done
            && (!is_told(error) || self.ways.answers_errors)
            && (is_own(error) || !self.keeps_errors_to_itself)
        {
            let code = match error.kind() {
                io::ErrorKind::NotFound if !self.has_one_code => packet::NOT_FOUND,
                _ => packet::NOT_DEFINED,
            };
            transfer.send(&Packet::Error { code, text: error.to_string() })?;
        }
        done
    }

    fn send(self, transfer: &mut Transfer, folder: &Path, request: &Request) -> io::Result<()> {
        let path = self.path(folder, request)?;
        let mut file = File::open(path)?;
        let granted = self.grant(transfer, &request.options, file.metadata()?.len())?;
        if !granted.is_empty() {
            transfer.exchange(&Packet::Granted(granted), |packet| match packet {
                Packet::Ack { block: 0 } => Heard::Answer(()),
                _ => Heard::Noise,
            })?;
        }
        transfer.send_blocks(&mut file)
    }

    fn take(self, transfer: &mut Transfer, folder: &Path, request: &Request) -> io::Result<()> {
        let path = self.path(folder, request)?;
        let size = request.options.iter().find(|(name, _)| name == "tsize");
        let size = size.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let granted = self.grant(transfer, &request.options, size)?;
        let first = match granted.is_empty() {
            true => Packet::Ack { block: 0 },
            false => Packet::Granted(granted),
        };
        transfer.receive(first, None, &path)
    }

    fn path(self, folder: &Path, request: &Request) -> io::Result<PathBuf> {
        let refused = |text: &str| Err(io::Error::other(text));
        if !self.takes_any_mode && !request.mode.eq_ignore_ascii_case("octet") {
            return refused("octet only");
        }
        let name = Path::new(&request.name);
        let path = folder.join(name);
        if self.joins_any_name {
            return Ok(path);
        }
        let is_name = |part: Component<'_>| matches!(part, Component::Normal(_));
        let is_plain = name.components().all(is_name) && !request.name.is_empty();
        // Where it leads; a file that is yet to be written, where its folder is.
        let real =
            || path.canonicalize().or_else(|_| path.parent().unwrap_or(folder).canonicalize());
        let is_inside = if self.compares_letters {
            let letters = |path: &Path| path.display().to_string();
            letters(&real()?).starts_with(&letters(folder))
        } else {
            is_plain && (self.follows_links || real()?.starts_with(folder))
        };
        if is_inside { Ok(path) } else { refused("outside") }
    }

    fn grant(self, transfer: &mut Transfer, asked: &Options, size: u64) -> io::Result<Options> {
        if self.refuses_options && asked.iter().any(|(name, _)| name.starts_with("x-")) {
            return Err(io::Error::other("an option that nobody knows"));
        }
        if self.grants_all {
            return Ok(asked.clone());
        }
        let grant = |(name, value): &(String, String)| match (name.as_str(), value.parse::<usize>())
        {
            ("blksize", Ok(blksize)) if (8..=1024).contains(&blksize) => {
                if !self.forgets_what_it_grants {
                    transfer.block_size = blksize;
                }
                Some((name.clone(), value.clone()))
            }
            ("tsize", _) => Some((name.clone(), size.to_string())),
            _ => None,
        };
        Ok(asked.iter().filter_map(grant).collect())
    }
}
