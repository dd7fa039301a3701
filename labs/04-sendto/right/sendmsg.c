/* Gathers the one datagram from two pieces with sendmsg, and waits for the answer in select. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct iovec pieces[] = {{"Hello, ", 7}, {"Server!", 7}};
    struct msghdr message = {.msg_iov = pieces,
                             .msg_iovlen = 2,
                             .msg_name = &server,
                             .msg_namelen = sizeof server};

    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || sendmsg(fd, &message, 0) < 0) {
        perror("sendmsg");
        return 1;
    }

    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(fd, &readable);
    if (select(fd + 1, &readable, NULL, NULL, NULL) < 0) {
        perror("select");
        return 1;
    }

    char answer[1024];
    struct sockaddr_in from;
    socklen_t from_length = sizeof from;
    ssize_t length = recvfrom(fd, answer, sizeof answer, 0, (struct sockaddr *)&from, &from_length);
    if (length < 0) {
        perror("recvfrom");
        return 1;
    }
    printf("%.*s\n(from %s port %d)\n", (int)length, answer, inet_ntoa(from.sin_addr),
           ntohs(from.sin_port));
    return 0;
}
