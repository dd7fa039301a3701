/* A process for each request, as servers were written when TFTP was new. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static int fd;
static struct sockaddr_in client;
static char part[PATH_MAX + 40];

static void put(unsigned char *packet, int kind, unsigned number)
{
    packet[0] = 0;
    packet[1] = (unsigned char)kind;
    packet[2] = (unsigned char)(number >> 8);
    packet[3] = (unsigned char)number;
}

static void say(const void *packet, size_t length)
{
    sendto(fd, packet, length, 0, (struct sockaddr *)&client, sizeof client);
}

static void fail(int code, const char *text)
{
    unsigned char packet[200];

    put(packet, 5, (unsigned)code);
    strcpy((char *)packet + 4, text);
    say(packet, 5 + strlen(text));
    unlink(part);
    exit(1);
}

/* The time in so many milliseconds. */
static struct timeval in_ms(long ms)
{
    struct timeval now, wait = {ms / 1000, ms % 1000 * 1000}, end;

    gettimeofday(&now, NULL);
    timeradd(&now, &wait, &end);
    return end;
}

/* Waits until then for the client's next packet; 0 when none came. */
static ssize_t hear(unsigned char *packet, size_t room, struct timeval end)
{
    struct timeval now, left;

    for (;;) {
        struct sockaddr_in sender;
        socklen_t size = sizeof sender;
        fd_set set;

        gettimeofday(&now, NULL);
        if (!timercmp(&now, &end, <))
            return 0;
        timersub(&end, &now, &left);
        FD_ZERO(&set);
        FD_SET(fd, &set);
        if (select(fd + 1, &set, NULL, NULL, &left) <= 0)
            return 0;
        ssize_t n = recvfrom(fd, packet, room, 0, (struct sockaddr *)&sender, &size);
        if (n < 0)
            continue;
        if (sender.sin_port != client.sin_port
            || sender.sin_addr.s_addr != client.sin_addr.s_addr) {
            static const char error[] = "\0\5\0\5not yours";
            if (n < 2 || packet[1] != 5)
                sendto(fd, error, sizeof error, 0, (struct sockaddr *)&sender, size);
            continue;
        }
        if (n >= 4 && packet[0] == 0 && packet[1] == 5) {
            unlink(part);
            exit(1);
        }
        if (n >= 4)
            return n;
    }
}

/* Sends a packet until this one comes, and returns its length. `again` is what comes when ours was
 * lost. */
static ssize_t exchange(const unsigned char *packet, size_t length, int kind, unsigned number,
                        int again, unsigned char *answer, size_t room)
{
    unsigned char wanted[4], before[4];

    put(wanted, kind, number);
    put(before, kind, number - 1);
    for (int tries = 0; tries < 8; tries++) {
        struct timeval end = in_ms(300);
        ssize_t n;

        say(packet, length);
        while ((n = hear(answer, room, end)) > 0) {
            if (memcmp(answer, wanted, 4) == 0)
                return n;
            if (again && memcmp(answer, before, 4) == 0)
                say(packet, length);
        }
    }
    unlink(part);
    exit(1);
}

static void send_file(const char *path)
{
    unsigned char packet[516], answer[600];
    unsigned number = 0;
    size_t n;
    FILE *file = fopen(path, "rb");

    if (!file)
        fail(1, "no such file");
    do {
        n = fread(packet + 4, 1, 512, file);
        number = (number + 1) & 0xffff;
        put(packet, 3, number);
        exchange(packet, 4 + n, 4, number, 0, answer, sizeof answer);
    } while (n == 512);
}

static void take_file(const char *path)
{
    unsigned char ack[4], packet[600];
    unsigned number = 0;
    ssize_t n;
    FILE *file;

    snprintf(part, sizeof part, "%s.%d.part", path, (int)getpid());
    file = fopen(part, "wb");
    if (!file)
        fail(2, "it cannot be written");
    put(ack, 4, 0);
    do {
        n = exchange(ack, 4, 3, (number + 1) & 0xffff, number != 0, packet, sizeof packet);
        fwrite(packet + 4, 1, (size_t)n - 4, file);
        number = (number + 1) & 0xffff;
        put(ack, 4, number);
    } while (n == 516);
    fclose(file);
    rename(part, path);
    say(ack, 4);
    struct timeval end = in_ms(1000);
    while (hear(packet, sizeof packet, end) > 0)
        if (packet[1] == 3 && memcmp(packet + 2, ack + 2, 2) == 0)
            say(ack, 4);
}

/* Whether a path leads out of the folder, by a link. A file that is yet to be written lies where its
 * folder does. */
static int leads_out(const char *path, const char *folder)
{
    char inside[PATH_MAX], real[PATH_MAX], parent[PATH_MAX];
    size_t n;

    if (!realpath(folder, inside))
        return 1;
    if (!realpath(path, real)) {
        snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '/') - path), path);
        if (!realpath(parent, real))
            return 0;
    }
    n = strlen(inside);
    return strncmp(real, inside, n) != 0 || (real[n] != '/' && real[n] != 0);
}

static void serve(unsigned char *request, ssize_t n, const char *folder)
{
    char path[PATH_MAX];
    struct sockaddr_in any = {.sin_family = AF_INET};
    const char *name = (const char *)request + 2;
    const char *end = (const char *)request + n;
    const char *mode = memchr(name, 0, (size_t)(end - name));

    fd = socket(AF_INET, SOCK_DGRAM, 0);
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(fd, (struct sockaddr *)&any, sizeof any);
    if (!mode || !memchr(mode + 1, 0, (size_t)(end - mode - 1)))
        fail(4, "no request");
    if (strcasecmp(mode + 1, "octet") != 0)
        fail(0, "octet only");
    if (name[0] == '/' || name[0] == 0 || strstr(name, ".."))
        fail(2, "not in the folder");
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (leads_out(path, folder))
        fail(2, "not in the folder");
    if (request[1] == 1)
        send_file(path);
    else
        take_file(path);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(6969)};
    int requests = socket(AF_INET, SOCK_DGRAM, 0);
    static unsigned char request[70000];

    signal(SIGCHLD, SIG_IGN);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(requests, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("bind");
        return 1;
    }
    for (;;) {
        socklen_t size = sizeof client;
        ssize_t n = recvfrom(requests, request, sizeof request, 0, (struct sockaddr *)&client, &size);

        if (n < 4 || request[0] != 0 || (request[1] != 1 && request[1] != 2))
            continue;
        if (fork() == 0) {
            close(requests);
            serve(request, n, argc > 1 ? argv[1] : ".");
            _exit(0);
        }
    }
}
