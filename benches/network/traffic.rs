//! Traffic between two sockets: a round trip, a flood, a stream.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use socklab::network::Network;

use super::{Fallible, at_share};

/// How long every datagram is, in bytes.
const LENGTH: usize = 64;

/// How many round trips make one value: their median.
const TRIPS: usize = 150;

/// How many datagrams are sent one after the other.
const FLOOD: usize = 10_000;

/// How long a flood is over when nothing more comes.
const SILENCE: Duration = Duration::from_millis(50);

/// How much a stream carries, in bytes.
const STREAM: usize = 20_000_000;

/// What was measured in one round.
#[derive(Clone, Copy)]
pub(super) struct Traffic {
    /// A round trip where all who take part are on one processor, and where they are anywhere.
    pub(super) together: Duration,
    pub(super) apart: Duration,
    /// Datagrams that arrived, each millisecond.
    pub(super) per_ms: f64,
    pub(super) stream: Duration,
}

/// Does something with this thread, and those that it makes, on the first processor that it may use.
pub(super) fn on_one_processor<T>(what: impl FnOnce() -> T) -> Fallible<T> {
    let all = sched_getaffinity(None)?;
    let mut one = CpuSet::new();
    one.set((0..CpuSet::MAX_CPU).find(|&cpu| all.is_set(cpu)).ok_or("no processor")?);
    sched_setaffinity(None, &one)?;
    let done = what();
    sched_setaffinity(None, &all)?;
    Ok(done)
}

/// Where traffic goes: from a client to a server.
pub(super) struct Pair<'n> {
    server: UdpSocket,
    client: UdpSocket,
    listener: TcpListener,
    connect: Box<dyn Fn() -> Fallible<TcpStream> + 'n>,
}

impl<'n> Pair<'n> {
    pub(super) fn on_loopback() -> Fallible<Pair<'static>> {
        let (server, client) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let at = listener.local_addr()?;
        Pair::of(server, client, listener, Box::new(move || Ok(TcpStream::connect(at)?)))
    }

    pub(super) fn in_network(network: &'n Network) -> Fallible<Pair<'n>> {
        let (server, client) = (network.host("server"), network.host("client"));
        let any = |host| SocketAddr::from((network.address_of(host), 0));
        let told = |error: socklab::evidence::SetupError| format!("{}: {}", error.what, error.why);
        let sockets = [server, client].map(|host| network.udp(host, any(host)).map_err(told));
        let [at_server, at_client] = sockets;
        let listener = network.tcp_listener(server, any(server)).map_err(told)?;
        let at = listener.local_addr()?;
        let connect = move || Ok(network.tcp_stream(client, at).map_err(told)?);
        Pair::of(at_server?, at_client?, listener, Box::new(connect))
    }

    fn of(
        server: UdpSocket,
        client: UdpSocket,
        listener: TcpListener,
        connect: Box<dyn Fn() -> Fallible<TcpStream> + 'n>,
    ) -> Fallible<Pair<'n>> {
        for (socket, other) in [(&server, &client), (&client, &server)] {
            socket.set_nonblocking(false)?;
            socket.connect(other.local_addr()?)?;
        }
        listener.set_nonblocking(false)?;
        Ok(Pair { server, client, listener, connect })
    }

    /// The median of some round trips, of which the first does not count.
    pub(super) fn round_trip(&self) -> Fallible<Duration> {
        for socket in [&self.server, &self.client] {
            socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        }
        let server = self.server.try_clone()?;
        let echo = thread::spawn(move || -> std::io::Result<()> {
            let mut bytes = [0; LENGTH];
            for _ in 0..=TRIPS {
                let length = server.recv(&mut bytes)?;
                server.send(&bytes[..length])?;
            }
            Ok(())
        });
        let mut times = Vec::new();
        let mut bytes = [0; LENGTH];
        for _ in 0..=TRIPS {
            let began = Instant::now();
            self.client.send(&bytes)?;
            self.client.recv(&mut bytes)?;
            times.push(began.elapsed());
        }
        echo.join().map_err(|_| "the echo has failed")??;
        Ok(Duration::from_secs_f64(at_share(times.into_iter().skip(1), 0.5)))
    }

    /// How many datagrams arrive each millisecond, while more come than the receiver can read.
    pub(super) fn flood(&self) -> Fallible<f64> {
        let client = self.client.try_clone()?;
        self.server.set_read_timeout(Some(SILENCE))?;
        let flood = thread::spawn(move || -> std::io::Result<()> {
            (0..FLOOD).try_for_each(|_| client.send(&[0; LENGTH]).map(drop))
        });
        let (mut bytes, mut times) = ([0; LENGTH], Vec::with_capacity(FLOOD));
        loop {
            match self.server.recv(&mut bytes) {
                Ok(_) => times.push(Instant::now()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        flood.join().map_err(|_| "the flood has failed")??;
        let [first, .., last] = times[..] else { return Err("no datagram arrived".into()) };
        Ok((times.len() - 1) as f64 / (last - first).as_secs_f64() / 1e3)
    }

    /// How long a stream takes, from the connection to its end.
    pub(super) fn stream(&self) -> Fallible<Duration> {
        let listener = self.listener.try_clone()?;
        let sender = thread::spawn(move || -> std::io::Result<()> {
            let (mut stream, _) = listener.accept()?;
            let some = vec![7; 65536];
            let mut left = STREAM;
            while left > 0 {
                left -= stream.write(&some[..left.min(some.len())])?;
            }
            Ok(())
        });
        let began = Instant::now();
        let mut client = (self.connect)()?;
        let (mut some, mut got) = (vec![0; 65536], 0);
        loop {
            match client.read(&mut some)? {
                0 => break,
                length => got += length,
            }
        }
        let time = began.elapsed();
        sender.join().map_err(|_| "the sender has failed")??;
        if got == STREAM { Ok(time) } else { Err(format!("{got} bytes of {STREAM} came").into()) }
    }
}
