// What CUDA's compiler knows by itself, for a processor: the threads of a block take turns, each until it waits for the others; and blocks run one
// after the other, so that what a block's threads share may be static.
#pragma once
#include <ucontext.h>
#include <cmath>
#include <cstring>
#include <functional>
#include <mutex>
#include <vector>

struct Place { unsigned x, y, z; };
static Place blockIdx, threadIdx, blockDim, gridDim;

#define __global__
#define __device__ static inline
#define __shared__ static
#define __restrict__
#define __syncthreads() wait_for_others()

struct alignas(16) float4 { float x, y, z, w; };

struct Fiber { ucontext_t state; std::vector<char> stack; bool done; };
static std::vector<Fiber> fibers;
static ucontext_t scheduler;
static std::function<void()> running;
static unsigned turn;

static inline void wait_for_others() { swapcontext(&fibers[turn].state, &scheduler); }

static void run_fiber()
{
    running();
    fibers[turn].done = true;
}

static void run_together(unsigned threads)
{
    const size_t stack = 1 << 15;
    fibers.resize(threads);
    for (auto& fiber : fibers)
    {
        fiber.stack.resize(stack);
        fiber.done = false;
        getcontext(&fiber.state);
        fiber.state.uc_stack.ss_sp = fiber.stack.data();
        fiber.state.uc_stack.ss_size = stack;
        fiber.state.uc_link = &scheduler;
        makecontext(&fiber.state, run_fiber, 0);
    }

    for (bool all_done = false; !all_done;)
    {
        all_done = true;
        for (turn = 0; turn < threads; turn++)
        {
            if (!fibers[turn].done)
            {
                threadIdx = {turn, 0, 0};
                swapcontext(&scheduler, &fibers[turn].state);
                all_done = all_done && fibers[turn].done;
            }
        }
    }
}

// Whether a kernel has a barrier says who launches it.
template <typename Kernel>
static void launch(Place grid, unsigned threads, bool together, Kernel kernel)
{
    static std::mutex one;
    std::lock_guard<std::mutex> lock(one);
    gridDim = grid;
    blockDim = {threads, 1, 1};
    running = kernel;
    for (unsigned z = 0; z < grid.z; z++) for (unsigned y = 0; y < grid.y; y++) for (unsigned x = 0; x < grid.x; x++)
    {
        blockIdx = {x, y, z};
        if (together)
        {
            run_together(threads);
            continue;
        }

        for (unsigned thread = 0; thread < threads; thread++)
        {
            threadIdx = {thread, 0, 0};
            kernel();
        }
    }
}
