// What CUDA's compiler knows by itself, for a processor: the threads of a block are threads of its own where they wait for one another, and blocks
// run one after the other, so that what they share may be static.
#pragma once
#include <pthread.h>
#include <cmath>
#include <cstring>
#include <thread>
#include <vector>

struct Place { unsigned x, y, z; };
static thread_local Place blockIdx, threadIdx;
static Place blockDim, gridDim;
static pthread_barrier_t all_here;

#define __global__
#define __device__ static inline
#define __shared__ static
#define __restrict__
#define __syncthreads() pthread_barrier_wait(&all_here)

struct alignas(16) float4 { float x, y, z, w; };

// Whether a kernel has a barrier says who launches it.
template <typename Kernel>
static void launch(Place grid, unsigned threads, bool together, Kernel kernel)
{
    gridDim = grid;
    blockDim = {threads, 1, 1};
    auto every_block = [&](unsigned first, unsigned end)
    {
        for (unsigned z = 0; z < grid.z; z++) for (unsigned y = 0; y < grid.y; y++) for (unsigned x = 0; x < grid.x; x++)
        {
            for (unsigned thread = first; thread < end; thread++)
            {
                blockIdx = {x, y, z};
                threadIdx = {thread, 0, 0};
                kernel();
            }

            if (together) __syncthreads();
        }
    };
    if (!together)
    {
        every_block(0, threads);
        return;
    }

    pthread_barrier_init(&all_here, nullptr, threads);
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; i++) workers.emplace_back([&, i] { every_block(i, i + 1); });
    for (auto& worker : workers) worker.join();
    pthread_barrier_destroy(&all_here);
}
