/* Writes each piece at its place in the file as soon as it comes, and keeps none in memory. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int sock;
static struct sockaddr_in peer;
static uint32_t transfer;
static unsigned char buffer[2048];
static uint32_t first = 1, end = 0;
static unsigned char here[256]; /* a ring: packet n is at n % 256 */

static uint32_t crc(const unsigned char *bytes, size_t length)
{
    uint32_t sum = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 1 ? (sum >> 1) ^ 0xedb88320 : sum >> 1;
    }
    return ~sum;
}

static uint32_t word(const unsigned char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, 4);
    return ntohl(value);
}

static void put(unsigned char *bytes, uint32_t value)
{
    value = htonl(value);
    memcpy(bytes, &value, 4);
}

static long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* The length of the next good packet of this transfer, or 0 when so many ms have passed. */
static int next(long ms, int any)
{
    long deadline = now() + ms;
    for (;;) {
        struct pollfd ready = { .fd = sock, .events = POLLIN };
        long left = any ? -1 : deadline - now();
        if (!any && left <= 0)
            return 0;
        if (poll(&ready, 1, (int)left) < 1)
            continue;
        struct sockaddr_in from;
        socklen_t size = sizeof from;
        int length = (int)recvfrom(sock, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);
        if (length < 13 || length > 13 + 1024 || word(buffer) != crc(buffer + 4, length - 4))
            continue;
        if (any && buffer[12] == 0 && word(buffer + 8) == 0) {
            peer = from;
            transfer = word(buffer + 4);
            return length;
        }
        if (!any && word(buffer + 4) == transfer && from.sin_port == peer.sin_port
            && from.sin_addr.s_addr == peer.sin_addr.s_addr)
            return length;
    }
}

static void acknowledge(void)
{
    unsigned char ack[45] = { 0 };
    put(ack + 4, transfer);
    put(ack + 8, first);
    ack[12] = 3;
    for (uint32_t i = 1; i < 256; i++)
        if (here[(first + i) % 256])
            ack[13 + i / 8] |= 1 << i % 8;
    put(ack, crc(ack + 4, sizeof ack - 4));
    sendto(sock, ack, sizeof ack, 0, (struct sockaddr *)&peer, sizeof peer);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(12014) };
    sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (argc != 2 || bind(sock, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    next(0, 1);
    int file = open(argv[1], O_CREAT | O_TRUNC | O_WRONLY, 0644);
    acknowledge();
    while (end == 0 || first <= end) {
        int length = next(4000, 0);
        if (length == 0) {
            unlink(argv[1]);
            fprintf(stderr, "nothing comes any more\n");
            return 1;
        }
        uint32_t number = word(buffer + 8);
        if (number >= first && number - first < 256 && !here[number % 256]) {
            here[number % 256] = 1;
            if (buffer[12] == 2)
                end = number;
            else if (pwrite(file, buffer + 13, length - 13, (off_t)(number - 1) * 1024) < 0)
                return 1;
            while (here[first % 256])
                here[first++ % 256] = 0;
        }
        acknowledge();
    }
    close(file);
    while (next(1000, 0))
        acknowledge();
    return 0;
}
