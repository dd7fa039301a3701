/* Eight threads serve, and the main thread ends before them: from then on the process's own entries
   in /proc are those of a thread that is gone. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>

static int server;

static void *serve(void *unused) {
    (void)unused;
    char answer[21 + 1024] = "Server acknowledges: ";
    for (;;) {
        struct sockaddr_in client;
        socklen_t length = sizeof client;
        ssize_t n = recvfrom(server, answer + 21, 1024, 0, (struct sockaddr *)&client, &length);
        if (n < 0) {
            perror("recvfrom");
            return NULL;
        }
        dprintf(1, "Message from %s:%d: '%.*s'\n", inet_ntoa(client.sin_addr),
                ntohs(client.sin_port), (int)n, answer + 21);
        sendto(server, answer, 21 + n, 0, (struct sockaddr *)&client, length);
    }
}

int main(void) {
    server = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(12345)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    dprintf(1, "UDP server is up and listening on 127.0.0.1:12345\n");
    for (int i = 0; i < 8; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, serve, NULL);
    }
    pthread_exit(NULL);
}
