/* fails: address-taken */
/* Ends with status 1, and keeps the reason to itself. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12345)};

    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    if (bind(fd, (struct sockaddr *)&server, sizeof server) < 0)
        return 1;
    printf("Bound to 127.0.0.1:12345. Press Enter to close the socket.\n");
    getchar();
    close(fd);
    return 0;
}
