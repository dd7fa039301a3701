/* Takes up to eight datagrams with one call and answers them with one: no recvfrom, no sendto. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 8
#define PREFIX "Server acknowledges: "

static void die(const char *what)
{
    perror(what);
    exit(1);
}

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&server, sizeof server) < 0)
        die("bind");
    printf("UDP server is up and listening on 127.0.0.1:12345\n");

    static char text[BATCH][1024];
    static struct sockaddr_in client[BATCH];
    for (;;) {
        struct iovec into[BATCH], from[BATCH][2];
        struct mmsghdr request[BATCH], answer[BATCH];
        memset(request, 0, sizeof request);
        memset(answer, 0, sizeof answer);
        for (int i = 0; i < BATCH; i++) {
            into[i] = (struct iovec){text[i], sizeof text[i]};
            request[i].msg_hdr.msg_iov = &into[i];
            request[i].msg_hdr.msg_iovlen = 1;
            request[i].msg_hdr.msg_name = &client[i];
            request[i].msg_hdr.msg_namelen = sizeof client[i];
        }
        int count = recvmmsg(fd, request, BATCH, MSG_WAITFORONE, NULL);
        if (count < 0)
            die("recvmmsg");
        for (int i = 0; i < count; i++) {
            int length = request[i].msg_len;
            printf("Message from %s:%d: '%.*s'\n", inet_ntoa(client[i].sin_addr),
                   ntohs(client[i].sin_port), length, text[i]);
            from[i][0] = (struct iovec){PREFIX, strlen(PREFIX)};
            from[i][1] = (struct iovec){text[i], length};
            answer[i].msg_hdr.msg_iov = from[i];
            answer[i].msg_hdr.msg_iovlen = 2;
            answer[i].msg_hdr.msg_name = &client[i];
            answer[i].msg_hdr.msg_namelen = request[i].msg_hdr.msg_namelen;
        }
        for (int sent = 0, n; sent < count; sent += n) {
            n = sendmmsg(fd, answer + sent, count - sent, 0);
            if (n < 0)
                die("sendmmsg");
        }
    }
}
