/* Connects its datagram socket: send needs no address, and it knows whom it hears. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t check(ssize_t result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

int main(void)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    int fd = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
    check(connect(fd, (struct sockaddr *)&server, sizeof server), "connect");
    check(write(fd, "Hello, Server!", strlen("Hello, Server!")), "write");

    char answer[1024];
    ssize_t length = check(read(fd, answer, sizeof answer), "read");
    printf("127.0.0.1:12345 says: %.*s\n", (int)length, answer);
    close(fd);
}
