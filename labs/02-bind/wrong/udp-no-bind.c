/* fails: is-bound */
/* Gives bind the size of a pointer: it fails, and nobody looks. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    struct sockaddr *address = (struct sockaddr *)&server;

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    bind(fd, address, sizeof address);
    printf("Bound to 127.0.0.1:12345. Press Enter to close the socket.\n");
    getchar();
    close(fd);
    return 0;
}
