//! Packets to read. Those between 127.0.0.1 and ::1 are from a Linux kernel, the others are made
//! after the RFCs. In the hexadecimal text a space stands where one header ends and the next
//! begins. Every checksum is right, and was computed by another program than ours.

/// A packet, and the line that it is shown as.
#[derive(Clone, Debug)]
pub struct Sample {
    pub line: &'static str,
    pub hex: &'static str,
}

impl Sample {
    pub fn bytes(&self) -> Vec<u8> {
        bytes(self.hex)
    }

    pub fn is_ipv4(&self) -> bool {
        self.hex.starts_with('4')
    }
}

/// The bytes that a hexadecimal text stands for.
pub fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| *byte != b' ').collect();
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The sample whose line begins so.
pub fn sample(beginning: &str) -> Vec<u8> {
    SAMPLES.iter().find(|it| it.line.starts_with(beginning)).unwrap().bytes()
}

pub const SAMPLES: &[Sample] = &[
    Sample {
        line: "UDP 127.0.0.1:40000 → 127.0.0.1:12345 5 bytes",
        hex: "4500002167d240004011d4f77f0000017f000001 9c403039000df185 68656c6c6f",
    },
    Sample {
        line: "UDP 127.0.0.1:40000 → 127.0.0.1:12345 0 bytes",
        hex: "4500001c67d940004011d4f57f0000017f000001 9c40303900083562",
    },
    // No checksum: the sender asked for none with SO_NO_CHECK.
    Sample {
        line: "UDP 127.0.0.1:40000 → 127.0.0.1:40000 5 bytes",
        hex: "4500002167e640004011d4e37f0000017f000001 9c409c40000d0000 68656c6c6f",
    },
    // A checksum that comes out as zero is sent as ffff.
    Sample {
        line: "UDP 10.0.0.1:40000 → 10.0.0.2:12345 2 bytes",
        hex: "4500001e00010000401166cc0a0000010a000002 9c403039000affff 1f5e",
    },
    // The IP packet is three bytes longer than the datagram in it.
    Sample {
        line: "UDP 10.0.0.1:40000 → 10.0.0.2:12345 5 bytes",
        hex: "4500002400010000401166c60a0000010a000002 9c403039000ddb85 68656c6c6f000000",
    },
    // With the IPv4 option Router Alert.
    Sample {
        line: "UDP 10.0.0.1:40000 → 10.0.0.2:12345 5 bytes",
        hex: "46000025000100004011d1c00a0000010a00000294040000 9c403039000ddb85 68656c6c6f",
    },
    Sample {
        line: "UDP 127.0.0.1:40000 → 127.0.0.1:12345 40 bytes, first fragment",
        hex: "4500004467ef20004011f4b77f0000017f000001 9c403039004ead35 \
              4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60616263646566\
              6768",
    },
    Sample {
        line: "UDP 127.0.0.1 → 127.0.0.1 30 bytes, the last fragment, at byte 48",
        hex: "4500003267ef0006401114c47f0000017f000001 696a6b6c6d6e6f70 \
              71722e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e",
    },
    Sample {
        line: "ICMP port unreachable for 127.0.0.1:12346",
        hex: "45c0003d151c0000400166e27f0000017f000001 0303fb1d00000000 \
              4500002167de40004011d4eb7f0000017f0000019c40303a000df18468656c6c6f",
    },
    Sample {
        line: "ICMP 10.0.0.1 → 10.0.0.2 echo request 1",
        hex: "4500002100010000400166d90a0000010a000002 0800b42500070001 68656c6c6f",
    },
    Sample {
        line: "ICMP 10.0.0.2 → 10.0.0.1 echo reply 1",
        hex: "4500002100010000400166d90a0000020a000001 0000bc2500070001 68656c6c6f",
    },
    Sample {
        line: "ICMP 10.0.0.1 → 10.0.0.2 type 11 code 0",
        hex: "4500003800010000400166c20a0000010a000002 0b002a5800000000 \
              4500002167d240004011d4f77f0000017f0000019c403039000dfe20",
    },
    Sample {
        line: "protocol 2 10.0.0.1 → 224.1.2.3 8 bytes",
        hex: "46000020000100004002f9d10a000001e001020394040000 160007fbe0010203",
    },
    Sample {
        line: "TCP 127.0.0.1:40000 → 127.0.0.1:12345 SYN seq 2869944274",
        hex: "4500003c960140004006a6b87f0000017f000001 \
              9c403039ab0fdfd200000000a002faf0e1250000 \
              020405b40402080af7ba1ecd000000000103030a",
    },
    Sample {
        line: "TCP 127.0.0.1:12345 → 127.0.0.1:40000 SYN,ACK seq 3479967733 ack 2869944275",
        hex: "4500003c0000400040063cba7f0000017f000001 \
              30399c40cf6c17f5ab0fdfd3a012fe88f4b50000 \
              020405b40402080a4dacb3b8f7ba1ecd0103030a",
    },
    Sample {
        line: "TCP 127.0.0.1:40000 → 127.0.0.1:12345 ACK seq 2869944275 ack 3479967734",
        hex: "45000034960240004006a6bf7f0000017f000001 \
              9c403039ab0fdfd3cf6c17f68010003f21cf0000 0101080af7ba1ecd4dacb3b8",
    },
    Sample {
        line: "TCP 127.0.0.1:40000 → 127.0.0.1:12345 PSH,ACK seq 2869944275 ack 3479967734 5 bytes",
        hex: "45000039960340004006a6b97f0000017f000001 \
              9c403039ab0fdfd3cf6c17f68018003fddef0000 0101080af7ba1ecd4dacb3b8 68656c6c6f",
    },
    Sample {
        line: "TCP 127.0.0.1:40000 → 127.0.0.1:12345 FIN,ACK seq 2869944280 ack 3479967734",
        hex: "45000034960440004006a6bd7f0000017f000001 \
              9c403039ab0fdfd8cf6c17f68011003f21960000 0101080af7ba1f004dacb3b8",
    },
    Sample {
        line: "TCP 127.0.0.1:12347 → 127.0.0.1:55724 RST,ACK seq 0 ack 3149928943",
        hex: "450000280000400040063cce7f0000017f000001 \
              303bd9ac00000000bbc019ef50140000d2360000",
    },
    Sample {
        line: "UDP [::1]:40000 → [::1]:12345 5 bytes",
        hex: "60088c43000d1140000000000000000000000000000000010000000000000000000000000000\
              0001 9c403039000def86 68656c6c6f",
    },
    // Behind hop-by-hop options and 16 bytes of destination options.
    Sample {
        line: "UDP [fd00::1]:40000 → [fd00::2]:12345 5 bytes",
        hex: "6000000000250040fd000000000000000000000000000001fd00000000000000000000000000\
              0002 3c00010400000000 1101010c000000000000000000000000 9c403039000df583 \
              68656c6c6f",
    },
    Sample {
        line: "UDP [fd00::1]:40000 → [fd00::2]:12345 16 bytes, first fragment",
        hex: "6000000000202c40fd000000000000000000000000000001fd00000000000000000000000000\
              0002 110000010000cafe 9c4030390020604b 30313233343536373839616263646566",
    },
    Sample {
        line: "UDP fd00::1 → fd00::2 8 bytes, the last fragment, at byte 24",
        hex: "6000000000102c40fd000000000000000000000000000001fd00000000000000000000000000\
              0002 110000180000cafe 6768696a6b6c6d6e",
    },
    Sample {
        line: "ICMPv6 port unreachable for [::1]:12346",
        hex: "600a4c8e003d3a40000000000000000000000000000000010000000000000000000000000000\
              0001 0104242f00000000 \
              60036921000d1140000000000000000000000000000000010000000000000000000000000000\
              00019c40303a000def8568656c6c6f",
    },
    Sample {
        line: "ICMPv6 fd00::1 → fd00::2 echo request 1",
        hex: "60000000000d3a40fd000000000000000000000000000001fd00000000000000000000000000\
              0002 800041d900070001 68656c6c6f",
    },
    Sample {
        line: "TCP [::1]:40000 → [::1]:12345 SYN seq 1336177984",
        hex: "600eb0dc00280640000000000000000000000000000000010000000000000000000000000000\
              0001 9c4030394fa4754000000000a002fd20311c0000 \
              020405a00402080a7a0d0e67000000000103030a",
    },
    Sample {
        line: "TCP [::1]:40000 → [::1]:12345 PSH,ACK seq 1336177985 ack 3771082262 5 bytes",
        hex: "600eb0dc00250640000000000000000000000000000000010000000000000000000000000000\
              0001 9c4030394fa47541e0c62616801800404c540000 0101080a7a0d0e67bd0a088d \
              68656c6c6f",
    },
];
