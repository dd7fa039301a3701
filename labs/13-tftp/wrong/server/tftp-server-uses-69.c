/* fails: sends-a-file */
/* Has one socket, and sends everything from there. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

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
        unsigned number = 0;

        request[n] = 0;
        if (request[1] != 1)
            continue;
        snprintf(path, sizeof path, "%s/%s", argc > 1 ? argv[1] : ".", (char *)request + 2);
        FILE *file = fopen(path, "rb");
        if (!file)
            continue;
        do {
            n = fread(packet + 4, 1, 512, file);
            number++;
            packet[0] = 0;
            packet[1] = 3;
            packet[2] = number >> 8;
            packet[3] = number;
            sendto(fd, packet, n + 4, 0, (struct sockaddr *)&client, size);
            recv(fd, request, sizeof request, 0);
        } while (n == 512);
        fclose(file);
    }
}
