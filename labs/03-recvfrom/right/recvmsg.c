/* Uses recvmsg, into two pieces of memory; prints with tabs and CR LF; leaves closing to exit. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in sender, server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("bind");
        return 1;
    }

    char text[1024];
    struct iovec pieces[] = {{text, 4}, {text + 4, sizeof text - 4}};
    struct msghdr message = {.msg_iov = pieces,
                             .msg_iovlen = 2,
                             .msg_name = &sender,
                             .msg_namelen = sizeof sender};
    ssize_t length = recvmsg(fd, &message, 0);
    if (length < 0) {
        perror("recvmsg");
        return 1;
    }
    printf("address\t%s\r\n", inet_ntoa(sender.sin_addr));
    printf("port\t%d\r\n", ntohs(sender.sin_port));
    printf("message\t%.*s\t\r\n", (int)length, text);
}
