/* fails: receives-a-file */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct packet {
    uint32_t crc, transfer, number;
    uint8_t kind;
    uint8_t payload[1024];
} __attribute__((packed));

static uint32_t crc32(const uint8_t *bytes, size_t n)
{
    uint32_t sum = ~0u;
    while (n--) {
        sum ^= *bytes++;
        for (int i = 0; i < 8; i++)
            sum = (sum >> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum;
}

int main(int argc, char **argv)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(12014) }, from;
    bind(s, (struct sockaddr *)&a, sizeof a);
    FILE *f = fopen(argv[1], "wb");
    struct packet p, ack;
    uint32_t expected = 0;
    for (;;) {
        socklen_t len = sizeof from;
        ssize_t n = recvfrom(s, &p, sizeof p, 0, (struct sockaddr *)&from, &len);
        if (ntohl(p.number) == expected) {
            if (p.kind == 1)
                fwrite(p.payload, 1, n - 13, f);
            expected++;
        }
        memset(&ack, 0, sizeof ack);
        ack.transfer = p.transfer;
        ack.number = htonl(expected);
        ack.kind = 3;
        ack.crc = crc32((uint8_t *)&ack + 4, 41);
        sendto(s, &ack, 45, 0, (struct sockaddr *)&from, len);
        if (p.kind == 2)
            break;
    }
    fclose(f);
    return 0;
}
