// CUDA's libraries, as far as the kernels call them, for a machine without a GPU: they compute by definition, in double, in the processor's
// memory. Signatures are those of cuda.h, cuda_runtime_api.h, nvrtc.h (CUDA 13) and of cudnn_ops.h and cudnn_cnn.h (cuDNN 9).
// The test compiles this file once and links it under the name of each library.
#include <dlfcn.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include "device.h"
#include "kernels.cu"

static void require(bool holds, const char* what)
{
    if (!holds)
    {
        fprintf(stderr, "stand-in: %s\n", what);
        abort();
    }
}

extern "C" {

// ---- the runtime and the driver

int cudaSetDevice(int device) { return device == 0 ? 0 : 101; }

// What is queued in a stream is done as late as may be, when somebody waits for it: who forgets to wait reads what was there before.
struct Stream { std::vector<std::function<void()>> queue; size_t done = 0; };
struct Event { Stream* stream = nullptr; size_t place = 0; };

static void run(Stream* stream, size_t until) { while (stream->done < until) stream->queue[stream->done++](); }
static void run_all(Stream* stream) { run(stream, stream->queue.size()); }
static void wait_for(Event* event) { if (event->stream) run(event->stream, event->place); }
static int enqueue(void* stream, std::function<void()> work)
{
    if (stream == nullptr) work();
    else ((Stream*)stream)->queue.push_back(work);
    return 0;
}

int cudaMemsetAsync(void* memory, int value, size_t bytes, void* stream) { return enqueue(stream, [=] { memset(memory, value, bytes); }); }
int cudaMemcpyAsync(void* to, const void* from, size_t bytes, int kind, void* stream)
{
    require(kind == 4, "a copy between addresses");
    return enqueue(stream, [=] { memcpy(to, from, bytes); });
}

int cudaStreamCreateWithFlags(void** stream, unsigned flags) { require(flags == 1, "a stream that does not wait for the default one"); *stream = new Stream; return 0; }
int cudaStreamDestroy(void* stream) { run_all((Stream*)stream); return 0; } // its events may outlive it
int cudaStreamSynchronize(void* stream) { run_all((Stream*)stream); return 0; }
int cudaEventCreateWithFlags(void** event, unsigned flags) { require(flags == 3, "an event without a time that does not spin"); *event = new Event; return 0; }
int cudaEventDestroy(void* event) { delete (Event*)event; return 0; }
int cudaEventRecord(void* event, void* stream) { *(Event*)event = {(Stream*)stream, ((Stream*)stream)->queue.size()}; return 0; }
int cudaEventSynchronize(void* event) { wait_for((Event*)event); return 0; }

// What comes after in the stream is not queued here but done at once by ONNX Runtime on the processor: so all before it has to be done.
int cudaStreamWaitEvent(void* stream, void* event, unsigned flags) { require(flags == 0, "flags"); run_all((Stream*)stream); wait_for((Event*)event); return 0; }

// Memory begins with what nobody may count on.
static int allocate(void** memory, size_t bytes) { *memory = aligned_alloc(256, (bytes + 255) / 256 * 256); memset(*memory, 0xA5, bytes); return 0; }
int cudaMalloc(void** memory, size_t bytes) { return bytes > (1ull << 40) ? 2 : allocate(memory, bytes); }
int cudaHostAlloc(void** memory, size_t bytes, unsigned flags) { require(flags == 0, "flags"); return allocate(memory, bytes); }
int cudaFree(void* memory) { free(memory); return 0; }
int cudaFreeHost(void* memory) { free(memory); return 0; }
int cudaMemGetInfo(size_t* free, size_t* total) { *free = 20ull << 30; *total = 24ull << 30; return 0; }

int cudaDeviceGetAttribute(int* value, int attribute, int) { *value = attribute == 75 ? 9 : 0; return attribute == 75 || attribute == 76 ? 0 : 1; }
const char* cudaGetErrorString(int) { return "an error of the stand-in"; }

// A cubin is the name of a library, which is not needed any more once it is loaded; or nothing, for the kernels of this file.
int cuModuleLoadData(void** module, const void* image)
{
    auto name = (const char*)image;
    *module = dlopen(*name ? name : nullptr, RTLD_NOW | RTLD_LOCAL);
    unlink(name);
    return *module ? 0 : 200;
}

int cuGetErrorString(int, const char** text) { *text = "an error of the stand-in"; return 0; }

}

// Gives a kernel its arguments, of which a launch has the addresses.
template <typename... A, size_t... I>
static std::function<void()> with(void (*kernel)(A...), void** a, std::index_sequence<I...>)
{
    return [=] { kernel(*(std::remove_const_t<A>*)a[I]...); };
}

template <typename... A>
static std::function<void()> with(void (*kernel)(A...), void** a) { return with(kernel, a, std::index_sequence_for<A...>()); }

using Launch = std::function<void(Place grid, unsigned threads, void** arguments)>;
#define ALONE(name) {#name, [](Place grid, unsigned threads, void** a) { launch(grid, threads, false, with(name, a)); }}
#define TOGETHER(name) {#name, [](Place grid, unsigned threads, void** a) { launch(grid, threads, true, with(name, a)); }}
static const std::map<std::string, Launch> kernels = {
    ALONE(gelu), ALONE(gelu_grad),
    TOGETHER(softmax_grad), TOGETHER(layer_norm_grad), TOGETHER(layer_norm_sums), ALONE(layer_norm_parameters),
    TOGETHER(batch_moments), TOGETHER(batch_moments_end), ALONE(batch_norm),
    TOGETHER(batch_norm_grad_sums), TOGETHER(batch_norm_grad_end), ALONE(batch_norm_grad),
    ALONE(sign_mul), ALONE(max_pool), ALONE(max_pool_grad), ALONE(average_pool_grad), TOGETHER(transpose),
};

extern "C" {

int cuModuleGetFunction(void** function, void* module, const char* name)
{
    // Functions are never freed.
    auto found = kernels.find(name);
    auto compiled = (void (*)(Place, unsigned, void**))dlsym(module, (std::string("launch_") + name).c_str());
    *function = compiled ? new Launch(compiled) : found != kernels.end() ? new Launch(found->second) : nullptr;
    return *function ? 0 : 500;
}

int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void*, void** arguments, void** extra)
{
    require(gy <= 65535 && gz <= 65535 && bx <= 1024 && by == 1 && bz == 1 && shared == 0 && extra == nullptr, "a grid that a GPU takes");
    (*(Launch*)function)({gx, gy, gz}, bx, arguments);
    return 0;
}

// ---- the compiler

struct Program { std::string source, image; };

int nvrtcCreateProgram(void** program, const char* source, const char*, int headers, const char**, const char**)
{
    *program = new Program{source, ""};
    return headers == 0 ? 0 : 3;
}

// The kernels of the files are in this library already. Others are compiled, with a function that launches them.
int nvrtcCompileProgram(void* program, int count, const char** options)
{
    if (count != 1 || strcmp(options[0], "--gpu-architecture=sm_90") != 0) return 6;
    auto& [source, image] = *(Program*)program;
    if (source.find("sign_mul") != std::string::npos) return 0;
    char name[] = "/tmp/jem-XXXXXX";
    close(mkstemp(name));
    image = name;
    std::ofstream(image + ".cpp") << "#include \"device.h\"\n" << source
        << "extern \"C\" void launch_elementwise(Place grid, unsigned threads, void** a)"
        << "{ launch(grid, threads, false, [=] { elementwise(*(Pointers*)a[0], *(long long*)a[1]); }); }\n";
    std::string here = __FILE__;
    auto command = "g++ -shared -fPIC -std=c++17 -O1 -Wall -Werror -pthread -I" + here.substr(0, here.rfind('/')) + " -o " + image + " " + image + ".cpp";
    int failed = system(command.c_str());
    unlink((image + ".cpp").c_str());
    return failed ? 6 : 0;
}

int nvrtcGetProgramLogSize(void*, size_t* size) { *size = 4; return 0; }
int nvrtcGetProgramLog(void*, char* log) { strcpy(log, "log"); return 0; }
int nvrtcGetCUBINSize(void* program, size_t* size) { *size = ((Program*)program)->image.size() + 1; return 0; }
int nvrtcGetCUBIN(void* program, char* image) { strcpy(image, ((Program*)program)->image.c_str()); return 0; }
int nvrtcDestroyProgram(void** program) { delete (Program*)*program; return 0; }
const char* nvrtcGetErrorString(int) { return "an error of the stand-in"; }

// ---- cuDNN

struct Sizes
{
    int n, c, h, w, last;
    long count() const { return (long)n * c * h * w; }
    long at(long i, long j, long row, long column) const { return last ? ((i * h + row) * w + column) * c + j : ((i * c + j) * h + row) * w + column; }
};

struct Convolution { int pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w, group, math; };
struct Performance { int algorithm, status; float time; size_t memory; int determinism, math; int reserved[3]; };

const char* cudnnGetErrorString(int) { return "an error of the stand-in"; }
int cudnnCreateTensorDescriptor(Sizes** tensor) { *tensor = new Sizes(); return 0; }
int cudnnDestroyTensorDescriptor(Sizes* tensor) { delete tensor; return 0; }
int cudnnCreateFilterDescriptor(Sizes** filter) { *filter = new Sizes(); return 0; }
int cudnnDestroyFilterDescriptor(Sizes* filter) { delete filter; return 0; }
int cudnnCreateConvolutionDescriptor(Convolution** convolution) { *convolution = new Convolution(); return 0; }
int cudnnDestroyConvolutionDescriptor(Convolution* convolution) { delete convolution; return 0; }

int cudnnSetTensor4dDescriptor(Sizes* tensor, int format, int type, int n, int c, int h, int w)
{
    *tensor = {n, c, h, w, format};
    return (format == 0 || format == 1) && type == 0 ? 0 : 3000;
}

int cudnnSetFilter4dDescriptor(Sizes* filter, int type, int format, int k, int c, int h, int w)
{
    *filter = {k, c, h, w, format};
    return (format == 0 || format == 1) && type == 0 ? 0 : 3000;
}

int cudnnSetConvolution2dDescriptor(Convolution* it, int pad_h, int pad_w, int u, int v, int dilation_h, int dilation_w, int mode, int type)
{
    *it = {pad_h, pad_w, u, v, dilation_h, dilation_w, 1, 0};
    return mode == 1 && type == 0 ? 0 : 3000;
}

int cudnnSetConvolutionGroupCount(Convolution* it, int group) { it->group = group; return 0; }
int cudnnSetConvolutionMathType(Convolution* it, int math) { it->math = math; return 0; }

// Two that must not be chosen stand first: one that fails, and one that wants too much memory.
static int algorithms(Convolution* it, int wanted, int* found, Performance* list)
{
    require(wanted >= 4, "room for four algorithms");
    list[0] = {7, 3000, -1, 0, 1, it->math, {}};
    list[1] = {8, 0, 1, (size_t)1 << 40, 1, it->math, {}};
    list[2] = {1, 0, 2, 24, 0, it->math, {}};
    list[3] = {2, 0, 3, 48, 1, it->math, {}};
    *found = 4;
    return 0;
}

static int workspace(int algorithm, size_t* bytes)
{
    *bytes = algorithm == 1 ? 24 : algorithm == 2 ? 48 : 0;
    return algorithm == 1 || algorithm == 2 ? 0 : 3000;
}

static void check(int algorithm, void* memory, size_t bytes)
{
    require((algorithm == 1 && bytes == 24) || (algorithm == 2 && bytes == 48), "the workspace of the algorithm");
    memset(memory, 1, bytes);
}

#define CHOICE(name) \
    int name(void*, Sizes*, Sizes*, Convolution* it, Sizes*, int wanted, int* found, Performance* list) { return algorithms(it, wanted, found, list); }
#define WORKSPACE(name) \
    int name(void*, Sizes*, Sizes*, Convolution*, Sizes*, int algorithm, size_t* bytes) { return workspace(algorithm, bytes); }
CHOICE(cudnnGetConvolutionForwardAlgorithm_v7)
CHOICE(cudnnGetConvolutionBackwardFilterAlgorithm_v7)
CHOICE(cudnnGetConvolutionBackwardDataAlgorithm_v7)
CHOICE(cudnnFindConvolutionForwardAlgorithm)
CHOICE(cudnnFindConvolutionBackwardFilterAlgorithm)
CHOICE(cudnnFindConvolutionBackwardDataAlgorithm)
WORKSPACE(cudnnGetConvolutionForwardWorkspaceSize)
WORKSPACE(cudnnGetConvolutionBackwardFilterWorkspaceSize)
WORKSPACE(cudnnGetConvolutionBackwardDataWorkspaceSize)

}

// Every product of a convolution: positions in x, w and y.
template <typename Visit>
static void products(const Sizes& x, const Sizes& w, const Sizes& y, const Convolution& it, Visit visit)
{
    require(x.n == y.n && w.n == y.c && w.c * it.group == x.c && y.c % it.group == 0, "sizes that go together");
    require(x.last == w.last && x.last == y.last, "one layout");
    require(y.h == (x.h + 2 * it.pad_h - (w.h - 1) * it.dilation_h - 1) / it.stride_h + 1, "the height of the output");
    require(y.w == (x.w + 2 * it.pad_w - (w.w - 1) * it.dilation_w - 1) / it.stride_w + 1, "the width of the output");
    for (int n = 0; n < y.n; n++) for (int o = 0; o < y.c; o++) for (int r = 0; r < y.h; r++) for (int s = 0; s < y.w; s++)
    for (int c = 0; c < w.c; c++) for (int i = 0; i < w.h; i++) for (int j = 0; j < w.w; j++)
    {
        int row = r * it.stride_h - it.pad_h + i * it.dilation_h, column = s * it.stride_w - it.pad_w + j * it.dilation_w;
        if (row >= 0 && row < x.h && column >= 0 && column < x.w)
        {
            visit(x.at(n, o / (y.c / it.group) * w.c + c, row, column), w.at(o, c, i, j), y.at(n, o, r, s));
        }
    }
}

static void store(double* sums, float* target, long count)
{
    for (long i = 0; i < count; i++) target[i] = (float)sums[i];
    delete[] sums;
}

extern "C" {

int cudnnConvolutionForward(void* handle, const float* alpha, Sizes* x, const float* xs, Sizes* w, const float* ws, Convolution* it, int algorithm,
    void* memory, size_t bytes, const float* beta, Sizes* y, float* ys)
{
    require(handle && *alpha == 1 && *beta == 0, "handle and factors");
    check(algorithm, memory, bytes);
    double* sums = new double[y->count()]();
    products(*x, *w, *y, *it, [&](long i, long f, long o) { sums[o] += (double)xs[i] * ws[f]; });
    store(sums, ys, y->count());
    return 0;
}

int cudnnConvolutionBackwardFilter(void* handle, const float* alpha, Sizes* x, const float* xs, Sizes* dy, const float* dys, Convolution* it, int algorithm,
    void* memory, size_t bytes, const float* beta, Sizes* dw, float* dws)
{
    require(handle && *alpha == 1 && *beta == 0, "handle and factors");
    check(algorithm, memory, bytes);
    double* sums = new double[dw->count()]();
    products(*x, *dw, *dy, *it, [&](long i, long f, long o) { sums[f] += (double)xs[i] * dys[o]; });
    store(sums, dws, dw->count());
    return 0;
}

int cudnnConvolutionBackwardData(void* handle, const float* alpha, Sizes* w, const float* ws, Sizes* dy, const float* dys, Convolution* it, int algorithm,
    void* memory, size_t bytes, const float* beta, Sizes* dx, float* dxs)
{
    require(handle && *alpha == 1 && *beta == 0, "handle and factors");
    check(algorithm, memory, bytes);
    double* sums = new double[dx->count()]();
    products(*dx, *w, *dy, *it, [&](long i, long f, long o) { sums[i] += (double)ws[f] * dys[o]; });
    store(sums, dxs, dx->count());
    return 0;
}

}
