/* Log-linear histogram of latencies: 64 steps per power of two, in microseconds,
 * so that a percentile is read to within 1.6 %. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include <stdint.h>

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_POWERS = 40 };

typedef struct {
    uint64_t count[HISTOGRAM_POWERS * HISTOGRAM_STEPS];
    uint64_t total, max_us;
} histogram_t;

void histogram_clear(histogram_t *h);
void histogram_add(histogram_t *h, uint64_t us);
/* Milliseconds below which the share q (0..1) of all values lies; 0 when empty. */
double histogram_ms(const histogram_t *h, double q);
#endif
