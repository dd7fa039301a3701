/* Binds every address, asks with each datagram to which of them it was sent (IP_PKTINFO), and
 * answers from that one. So a server on a host with many addresses answers right from each. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    int on = 1;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(4010)};
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0 || setsockopt(server, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) < 0 ||
        bind(server, (struct sockaddr *)&any, sizeof any) < 0) {
        perror("bind");
        return 1;
    }
    printf("Server is listening on 0.0.0.0:4010\n");

    for (;;) {
        char text[1024], control[128], here[INET_ADDRSTRLEN] = "?";
        struct sockaddr_in client;
        struct iovec part = {.iov_base = text, .iov_len = sizeof text};
        struct msghdr message = {.msg_name = &client,
                                 .msg_namelen = sizeof client,
                                 .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t length = recvmsg(server, &message, 0);
        if (length < 0) {
            perror("recvmsg");
            return 1;
        }

        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        if (head != NULL && head->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(head);
            inet_ntop(AF_INET, &info->ipi_addr, here, sizeof here);
            /* For the answer: the source that is wanted, by whatever interface leads there. */
            info->ipi_spec_dst = info->ipi_addr;
            info->ipi_ifindex = 0;
        }
        printf("%s:%d to %s: %.*s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port), here,
               (int)length, text);

        part = (struct iovec){.iov_base = "Message received", .iov_len = 16};
        if (sendmsg(server, &message, 0) < 0) {
            perror("sendmsg");
        }
    }
}
