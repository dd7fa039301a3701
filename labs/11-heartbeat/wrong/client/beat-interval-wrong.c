/* fails: ten-a-second */
/* usleep takes microseconds. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int count = argc > 2 ? atoi(argv[2]) : 1000000000;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(12011)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    for (int number = 1; number <= count; number++) {
        char text[64];
        int length = sprintf(text, "%s %d", argv[1], number);
        sendto(s, text, length, 0, (struct sockaddr *)&to, sizeof to);
        usleep(1000);
    }
}
