/* fails: sends-a-file */
/* Puts the block number into the packet as it lies in memory: no htons. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(6969)}, client;
    unsigned char packet[516], request[600];
    char path[1000];

    address.sin_addr.s_addr = inet_addr("127.0.0.1");
    bind(fd, (struct sockaddr *)&address, sizeof address);
    for (;;) {
        socklen_t size = sizeof client;
        ssize_t n = recvfrom(fd, request, sizeof request - 1, 0, (struct sockaddr *)&client, &size);
        uint16_t number = 0, opcode = htons(3);

        request[n] = 0;
        snprintf(path, sizeof path, "%s/%s", argc > 1 ? argv[1] : ".", (char *)request + 2);
        FILE *file = fopen(path, "rb");
        if (!file)
            continue;
        int transfer = socket(AF_INET, SOCK_DGRAM, 0);
        do {
            n = fread(packet + 4, 1, 512, file);
            number++;
            memcpy(packet, &opcode, 2);
            memcpy(packet + 2, &number, 2);
            sendto(transfer, packet, n + 4, 0, (struct sockaddr *)&client, size);
            recv(transfer, request, sizeof request, 0);
        } while (n == 512);
        fclose(file);
        close(transfer);
    }
}
