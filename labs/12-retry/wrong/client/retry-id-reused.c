/* fails: each-run */
/* Draws the client's number with rand, and never calls srand. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12012)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    uint32_t client = htonl(rand()), number = 0;
    for (int i = 1; i < argc; i++) {
        int adds = strcmp(argv[i], "add") == 0;
        uint32_t request[4] = {client, htonl(++number), htonl(adds ? 1 : 2), 0}, answer[4];
        if (adds)
            request[3] = htonl(atoi(argv[++i]));
        sendto(fd, request, sizeof request, 0, (struct sockaddr *)&server, sizeof server);
        recv(fd, answer, sizeof answer, 0);
        if (ntohl(answer[2]) == 129)
            return 1;
        printf("counter: %d\n", (int)ntohl(answer[3]));
    }
    return 0;
}
