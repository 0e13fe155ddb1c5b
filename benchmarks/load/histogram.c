#include "histogram.h"

#include <string.h>

enum { LAST = HISTOGRAM_POWERS * HISTOGRAM_STEPS - 1 };

static int bucket_of(uint64_t us) {
    if (us < HISTOGRAM_STEPS) return (int)us;
    int shift = 63 - __builtin_clzll(us) - 6;
    int bucket = (shift + 1) * HISTOGRAM_STEPS + (int)((us >> shift) - HISTOGRAM_STEPS);
    return bucket < LAST ? bucket : LAST;
}

static double middle_us(int bucket) {
    if (bucket < HISTOGRAM_STEPS) return bucket + 0.5;
    int shift = bucket / HISTOGRAM_STEPS - 1;
    return (bucket % HISTOGRAM_STEPS + HISTOGRAM_STEPS + 0.5) * (double)(1ull << shift);
}

void histogram_clear(histogram_t *h) { memset(h, 0, sizeof *h); }

void histogram_add(histogram_t *h, uint64_t us) {
    h->count[bucket_of(us)]++;
    h->total++;
    if (us > h->max_us) h->max_us = us;
}

double histogram_ms(const histogram_t *h, double q) {
    uint64_t wanted = (uint64_t)(q * (double)h->total), seen = 0;
    if (h->total == 0) return 0;
    if (wanted >= h->total) wanted = h->total - 1;
    for (int i = 0; i <= LAST; i++) {
        seen += h->count[i];
        if (seen > wanted) return middle_us(i) / 1000.0;
    }
    return 0;
}
