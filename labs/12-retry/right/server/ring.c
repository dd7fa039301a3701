/* One socket for IPv6 and IPv4, recvmsg into two pieces, and a ring of answers that is searched from end to end. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MEMORY 1500
struct message { uint32_t client, number, what; uint32_t value; };
static struct message ring[MEMORY];
static unsigned filled, next;
static int32_t counter;

int main(void) {
    int s = socket(AF_INET6, SOCK_DGRAM, 0), off = 0;
    setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    struct sockaddr_in6 me = {.sin6_family = AF_INET6, .sin6_port = htons(12012)};
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &me.sin6_addr);
    if (bind(s, (void *)&me, sizeof me) < 0) { perror("bind"); return 1; }
    for (;;) {
        struct message m;
        char more;
        struct iovec parts[2] = {{&m, sizeof m}, {&more, 1}};
        struct sockaddr_in6 from;
        struct msghdr h = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = parts, .msg_iovlen = 2};
        ssize_t n = recvmsg(s, &h, 0);
        if (n != 16) continue;
        uint32_t what = ntohl(m.what);
        if (what != 1 && what != 2) continue;
        struct message *answer = NULL;
        for (unsigned i = 0; i < filled; i++)
            if (ring[i].client == m.client && ring[i].number == m.number) answer = &ring[i];
        if (!answer) {
            answer = &ring[next];
            next = (next + 1) % MEMORY;
            if (filled < MEMORY) filled++;
            answer->client = m.client;
            answer->number = m.number;
            answer->what = htonl(128);
            int32_t sum;
            if (what == 1) {
                if (__builtin_sadd_overflow(counter, (int32_t)ntohl(m.value), &sum)) answer->what = htonl(129);
                else counter = sum;
            }
            answer->value = htonl((uint32_t)counter);
        }
        sendto(s, answer, sizeof *answer, 0, (void *)&from, h.msg_namelen);
    }
}
