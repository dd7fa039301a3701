/* fails: prints-the-sender */
/* Reads from the socket as from a file. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};
    char buffer[1024];

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("bind");
        return 1;
    }
    ssize_t n = read(fd, buffer, sizeof buffer);
    printf("Message: %.*s\n", (int)n, buffer);
    return 0;
}
