/* fails: asks */
/* Has one byte for the operation: the compiler puts three more behind it. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct request {
    uint32_t client, number;
    uint8_t operation;
    uint32_t amount;
};

int main(int argc, char **argv)
{
    srand(time(NULL));
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(12012)};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct request request = {.client = htonl(rand()), .number = htonl(1), .operation = 2};
    if (argc > 2 && strcmp(argv[1], "add") == 0) {
        request.operation = 1;
        request.amount = htonl(atoi(argv[2]));
    }
    uint32_t answer[4];
    sendto(fd, &request, sizeof request, 0, (struct sockaddr *)&server, sizeof server);
    recv(fd, answer, sizeof answer, 0);
    printf("counter: %d\n", (int)ntohl(answer[3]));
    return 0;
}
