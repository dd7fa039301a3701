/* Binds [::]:12345 for both families: what is sent to 127.0.0.1 arrives at an IPv6 socket. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int off = 0;
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    struct sockaddr_in6 server = {.sin6_family = AF_INET6, .sin6_port = htons(12345)};
    if (fd < 0 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) < 0 ||
        bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("[::]:12345");
        return 1;
    }
    puts("Bound to [::]:12345. Press Enter to close the socket.");
    getchar();
    close(fd);
    return 0;
}
