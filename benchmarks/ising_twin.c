/* The heat bath of rbmlib/ising/byte_kernel.py, in zero field and for even L, line by
   line in C.  bench_ising.py compiles it, checks that it gives the same spins, and
   measures it beside the kernel. */

#include <stdint.h>

#define BLOCK 2048
#define GOLDEN 0x9E3779B9u
#define M1 0x7FEB352Du
#define M2 0x846CA68Bu

typedef struct {
    int64_t rows, cols, width, size, n_cells;
} layout;

typedef struct {
    uint8_t first[5], second[5], inverse_from;
    uint32_t rest[5];
} table;

static const int VERTICAL[4] = {3, 2, 1, 0}, HORIZONTAL[4] = {2, 3, 0, 1};
static const int BELOW[4] = {-1, 1, -1, 1}, RIGHT[4] = {-1, 1, 1, -1};

static inline uint32_t mix(uint32_t x) {
    x = (x ^ (x >> 16)) * M1;
    x = (x ^ (x >> 15)) * M2;
    return x ^ (x >> 16);
}

static inline void absorb(uint32_t *k0, uint32_t *k1, uint32_t word) {
    *k0 = mix(*k0 ^ word);
    *k1 = mix((*k1 + *k0) ^ ((word << 16) | (word >> 16)));
}

static inline uint32_t draw_at(uint32_t x, uint32_t k1) {
    x = (x ^ (x >> 16)) * M1 + k1;
    x = (x ^ (x >> 15)) * M2;
    return x ^ (x >> 16);
}

static inline uint8_t unlike(uint8_t s, uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    return (uint8_t)((s ^ a) + (s ^ b) + (s ^ c) + (s ^ d));
}

static inline uint8_t pick(uint8_t m, uint8_t t0, uint8_t t1, uint8_t t2, uint8_t t3,
                           uint8_t t4) {
    /* Masks: gcc 12 vectorises no chain of conditional expressions. */
    return (uint8_t)((-(m == 0) & t0) | (-(m == 1) & t1) | (-(m == 2) & t2) |
                     (-(m == 3) & t3) | (-(m == 4) & t4));
}

static void draw_two_bytes(uint32_t *words, uint32_t quarter, const layout *w,
                           uint32_t k0, uint32_t k1) {
    uint32_t x = k0 + quarter * GOLDEN;
    uint32_t y = k0 + (quarter + (uint32_t)(w->n_cells / 4)) * GOLDEN;
    for (int i = 0; i < BLOCK / 4; i++) {
        words[i] = draw_at(x, k1);
        x += GOLDEN;
    }
    for (int i = BLOCK / 4; i < BLOCK / 2; i++) {
        words[i] = draw_at(y, k1);
        y += GOLDEN;
    }
}

static uint8_t decide(uint8_t *restrict new, const uint8_t *v, int64_t dv,
                      const uint8_t *h, int64_t dh, const uint8_t *restrict r,
                      int64_t lo, int64_t hi, int64_t block, const table *t) {
    const uint8_t *f = t->first, *g = t->second, inverse_from = t->inverse_from;
    const uint8_t a0 = f[0], a1 = f[1], a2 = f[2], a3 = f[3], a4 = f[4];
    const uint8_t b0 = g[0], b1 = g[1], b2 = g[2], b3 = g[3], b4 = g[4];
    uint8_t ties = 0;
    for (int64_t p = lo; p < hi; p++) {
        uint8_t s = new[p], m = unlike(s, v[p], v[p + dv], h[p], h[p + dh]);
        uint8_t u0 = r[p - block], u1 = r[p - block + BLOCK];
        uint8_t a = pick(m, a0, a1, a2, a3, a4), b = pick(m, b0, b1, b2, b3, b4);
        uint8_t same = u0 == a, below = (u0 < a) | (same & (u1 < b));
        uint8_t tie = same & (u1 == b), inverse = m >= inverse_from;
        new[p] = (uint8_t)((s ^ ((below ^ inverse) & (tie ^ 1))) | (tie << 1));
        ties |= tie;
    }
    return ties;
}

static void settle(uint8_t *new, const uint8_t *v, int64_t dv, const uint8_t *h,
                   int64_t dh, int64_t lo, int64_t hi, const table *t, uint32_t first,
                   uint32_t k0, uint32_t k1) {
    for (int64_t p = lo; p < hi; p++) {
        if (new[p] < 2) continue;
        uint8_t s = new[p] ^ 2, m = unlike(s, v[p], v[p + dv], h[p], h[p + dh]);
        uint32_t u = draw_at(k0 + (first + (uint32_t)p) * GOLDEN, k1);
        new[p] = s ^ (u < t->rest[m]) ^ (m >= t->inverse_from);
    }
}

static void fill_border(uint8_t *cells, const layout *w) {
    int64_t rows = w->rows / 2, cols = w->cols / 2, width = w->width;
    for (int64_t q = 0; q < width; q++) {
        cells[q] = cells[q + rows * width];
        cells[q + (rows + 1) * width] = cells[q + width];
    }
    for (int64_t q = 0; q < (rows + 2) * width; q += width) {
        cells[q] = cells[q + cols];
        cells[q + cols + 1] = cells[q + 1];
    }
}

void run(uint8_t *cells, const layout *w, const table *t, uint32_t key0, uint32_t key1,
         uint32_t n_sweeps) {
    static _Thread_local uint32_t words[BLOCK / 2];
    int64_t start = w->width + 1, stop = w->rows / 2 * w->width + w->cols / 2 + 1;
    for (int c = 0; c < 4; c++) fill_border(cells + c * w->size, w);
    for (uint32_t sweep = 0; sweep < n_sweeps; sweep++) {
        uint32_t k0 = key0, k1 = key1;
        absorb(&k0, &k1, sweep);
        absorb(&k0, &k1, 0);
        for (int c = 0; c < 4; c++) {
            uint8_t *new = cells + c * w->size;
            const uint8_t *v = cells + VERTICAL[c] * w->size;
            const uint8_t *h = cells + HORIZONTAL[c] * w->size;
            int64_t dv = BELOW[c] * w->width, dh = RIGHT[c];
            for (int64_t b = start - start % 4; b < stop; b += BLOCK) {
                int64_t lo = b > start ? b : start;
                int64_t hi = b + BLOCK < stop ? b + BLOCK : stop;
                draw_two_bytes(words, (uint32_t)((c * w->size + b) / 4), w, k0, k1);
                if (decide(new, v, dv, h, dh, (uint8_t *)words, lo, hi, b, t))
                    settle(new, v, dv, h, dh, lo, hi, t,
                           (uint32_t)(w->n_cells / 2 + c * w->size), k0, k1);
            }
            fill_border(new, w);
        }
    }
}
