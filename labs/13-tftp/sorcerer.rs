//! The Sorcerer's Apprentice: a server and a client of 1981, in one process. Each of them answers
//! whatever comes, the server with the next block and the client with an ACK. No network is needed for
//! that: the two are the ends of one pair of sockets.

#[path = "packet.rs"]
mod packet;

use std::io;
use std::os::unix::net::UnixDatagram;

use packet::Packet;

/// So many blocks has the file.
const BLOCKS: u16 = 8;

/// The ACK of this block comes twice, and no other.
const TWICE: u16 = 2;

fn main() -> io::Result<()> {
    let (server, client) = UnixDatagram::pair()?;
    let mut sent = [0; BLOCKS as usize + 1];
    let mut under_way = 0;
    let mut send = |block: u16| -> io::Result<()> {
        server.send(&Packet::Data { block, data: vec![0; 512] }.bytes())?;
        sent[usize::from(block)] += 1;
        Ok(())
    };
    send(1)?;
    under_way += 1;
    // The two take turns, so that it is the same each time.
    while under_way > 0 {
        let mut buffer = [0; 516];
        let length = client.recv(&mut buffer)?;
        let Some(Packet::Data { block, .. }) = Packet::read(&buffer[..length]) else { continue };
        let copies = if block == TWICE { 2 } else { 1 };
        for _ in 0..copies {
            client.send(&Packet::Ack { block }.bytes())?;
        }
        under_way -= 1;
        for _ in 0..copies {
            let length = server.recv(&mut buffer)?;
            let Some(Packet::Ack { block }) = Packet::read(&buffer[..length]) else { continue };
            if block < BLOCKS {
                send(block + 1)?;
                under_way += 1;
            }
        }
    }
    println!("One ACK came twice, that of block {TWICE}");
    for (block, times) in sent.iter().enumerate().skip(1) {
        let times = if *times == 1 { "once".to_owned() } else { format!("{times} times") };
        println!("Block {block} was sent {times}");
    }
    Ok(())
}
