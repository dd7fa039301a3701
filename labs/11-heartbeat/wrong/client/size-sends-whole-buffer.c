/* fails: counts */
/* sizeof is the size of the buffer, whatever is in it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(12011)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    for (int number = 1;; number++) {
        char text[64] = "";
        snprintf(text, sizeof text, "%s %d", argv[1], number);
        sendto(s, text, sizeof text, 0, (struct sockaddr *)&to, sizeof to);
        usleep(100000);
    }
}
