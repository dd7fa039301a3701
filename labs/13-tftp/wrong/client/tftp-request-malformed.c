/* fails: asks */
/* Counts with strlen, which leaves out the last zero byte. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(6969)};
    char packet[600] = {0, 1};
    size_t n = 2;

    if (argc < 4)
        return 2;
    server.sin_addr.s_addr = inet_addr("127.0.0.1");
    strcpy(packet + n, argv[2]);
    n += strlen(argv[2]) + 1;
    strcpy(packet + n, "octet");
    n += strlen("octet");
    sendto(fd, packet, n, 0, (struct sockaddr *)&server, sizeof server);
    n = recv(fd, packet, sizeof packet, 0);
    printf("%zd bytes came\n", n);
    return 0;
}
