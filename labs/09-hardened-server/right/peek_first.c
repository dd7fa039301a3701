/* Asks for the length of a datagram before it takes it (FIONREAD after poll), so that the buffer need
 * not tell. Hexadecimal stands in the log for what is not ASCII. */
#include <arpa/inet.h>
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define PREFIX "Server acknowledges: "
#define ERROR "Error: "
#define TOO_LONG "Error: message longer than 1024 bytes"

static int is_answer(const char *message, size_t length)
{
    return (length >= strlen(PREFIX) && memcmp(message, PREFIX, strlen(PREFIX)) == 0) ||
           (length >= strlen(ERROR) && memcmp(message, ERROR, strlen(ERROR)) == 0);
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12345)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("UDP server is up and listening on 127.0.0.1:12345\n");

    for (;;) {
        struct pollfd ready = {.fd = server, .events = POLLIN};
        int waiting = 0;
        char message[1024];
        struct sockaddr_in client;
        if (poll(&ready, 1, -1) < 0 || ioctl(server, FIONREAD, &waiting) < 0)
            continue;
        struct iovec parts[2] = {{PREFIX, strlen(PREFIX)}, {message, sizeof message}};
        struct msghdr datagram = {.msg_name = &client,
                                  .msg_namelen = sizeof client,
                                  .msg_iov = &parts[1],
                                  .msg_iovlen = 1};
        ssize_t length = recvmsg(server, &datagram, 0);
        if (length < 0)
            continue;
        printf("Message from %s:%d: \"", inet_ntoa(client.sin_addr), ntohs(client.sin_port));
        for (ssize_t at = 0; at < length; at++) {
            unsigned char byte = message[at];
            printf(isascii(byte) && isprint(byte) ? "%c" : "\\x%02x", byte);
        }
        printf("\"\n");
        if (is_answer(message, length))
            continue;
        datagram.msg_iov = parts;
        datagram.msg_iovlen = 2;
        parts[1].iov_len = length;
        if (waiting > 1024) {
            parts[0] = (struct iovec){TOO_LONG, strlen(TOO_LONG)};
            datagram.msg_iovlen = 1;
        }
        if (sendmsg(server, &datagram, 0) < 0)
            perror("sendmsg");
    }
}
