/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library with the interface of NVML, as far as NvmlProbe uses it, for machines without a GPU:
 * the names, types, sizes and answers of nvml.h, on figures that a test sets. It is built by the
 * test (NvmlLibrary). Functions that begin with "test_" are for the test.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

typedef unsigned int u32;
typedef unsigned long long u64;
typedef int nvmlReturn_t;
typedef struct gpu *nvmlDevice_t;

enum {
  SUCCESS = 0,
  UNINITIALIZED = 1,
  INVALID_ARGUMENT = 2,
  NOT_SUPPORTED = 3,
  NOT_FOUND = 6,
  INSUFFICIENT_SIZE = 7,
  TIMEOUT = 10
};

typedef struct {
  u64 total, free, used;
} nvmlMemory_t;

typedef struct {
  u32 gpu, memory;
} nvmlUtilization_t;

typedef struct {
  u32 pid;
  u64 usedGpuMemory;
  u32 gpuInstanceId, computeInstanceId;
} nvmlProcessInfo_t;

typedef struct {
  char busIdLegacy[16];
  u32 domain, bus, device, pciDeviceId, pciSubSystemId;
  char busId[32];
} nvmlPciInfo_t;

typedef union {
  double dVal;
  int siVal;
  u32 uiVal;
  unsigned long ulVal;
  u64 ullVal;
  long long sllVal;
  unsigned short usVal;
} nvmlValue_t;

typedef struct {
  u32 fieldId, scopeId;
  long long timestamp, latencyUsec;
  u32 valueType;
  nvmlReturn_t nvmlReturn;
  nvmlValue_t value;
} nvmlFieldValue_t;

typedef struct {
  nvmlDevice_t device;
  u64 eventType, eventData;
  u32 gpuInstanceId, computeInstanceId;
} nvmlEventData_t;

typedef struct events *nvmlEventSet_t;

_Static_assert(sizeof(nvmlEventData_t) == 32, "nvmlEventData_t");
_Static_assert(sizeof(nvmlMemory_t) == 24, "nvmlMemory_t");
_Static_assert(sizeof(nvmlUtilization_t) == 8, "nvmlUtilization_t");
_Static_assert(sizeof(nvmlProcessInfo_t) == 24, "nvmlProcessInfo_t");
_Static_assert(sizeof(nvmlPciInfo_t) == 68, "nvmlPciInfo_t");
_Static_assert(sizeof(nvmlFieldValue_t) == 40, "nvmlFieldValue_t");

#define GPUS 4
#define PLACES 7
#define PROCESSES 100
#define FIELDS 16

struct field {
  u32 id, scope, type;
  nvmlValue_t value;
};

struct gpu {
  int there; /* in the machine */
  struct gpu *whole; /* of an instance */
  char uuid[96], name[96];
  u64 energy, reasons, memory_total, memory_used;
  u32 power, limit, default_limit, least, most, enforced, busy, memory_busy, temperature, fan;
  u32 clocks[4];
  u32 mig, mig_pending;
  u32 minor, bus, gi, ci;
  struct field fields[FIELDS];
  int fields_given;
  nvmlProcessInfo_t processes[PROCESSES];
  u32 processes_given;
};

/* A set of events, with those of its GPUs that wait to be fetched. */
#define EVENTS 64
struct events {
  int there;
  u64 types[GPUS];
  nvmlEventData_t waiting[EVENTS];
  int count;
};

static struct events events;
static struct gpu gpus[GPUS];
static struct gpu instances[GPUS][PLACES];
static int initialised;

/* What functions answer instead of success: by name, for one GPU or (-1) for all. */
#define ANSWERS 64
static struct {
  char function[64];
  int gpu;
  nvmlReturn_t answer;
} answers[ANSWERS];
static int answers_given;
static u64 calls;

static nvmlReturn_t answer(const char *function, struct gpu *gpu) {
  int number = gpu == NULL ? -1 : (int)((gpu->whole != NULL ? gpu->whole : gpu) - gpus);
  calls++;
  for (int i = 0; i < answers_given; i++) {
    if ((strcmp(answers[i].function, function) == 0 || strcmp(answers[i].function, "*") == 0) &&
        (answers[i].gpu == number || (answers[i].gpu == -1 && strcmp(answers[i].function, "*")))) {
      return answers[i].answer;
    }
  }
  if (strcmp(function, "nvmlInit_v2") != 0 && !initialised) {
    return UNINITIALIZED;
  }
  return SUCCESS;
}

#define CHECK(gpu)                                      \
  do {                                                  \
    nvmlReturn_t says = answer(__func__, gpu);          \
    if (says != SUCCESS) return says;                   \
  } while (0)

/* ---- for the test */

void test_reset(void) {
  memset(gpus, 0, sizeof gpus);
  memset(instances, 0, sizeof instances);
  memset(&events, 0, sizeof events);
  answers_given = 0;
  initialised = 0;
  calls = 0;
}

u64 test_calls(void) { return calls; }

int test_initialised(void) { return initialised; }

void test_answer(const char *function, int gpu, int code) {
  for (int i = 0; i < answers_given; i++) {
    if (strcmp(answers[i].function, function) == 0 && answers[i].gpu == gpu) {
      answers[i] = answers[--answers_given];
      break;
    }
  }
  if (code != SUCCESS) {
    snprintf(answers[answers_given].function, 64, "%s", function);
    answers[answers_given].gpu = gpu;
    answers[answers_given++].answer = code;
  }
}

static int set(struct gpu *g, const char *what, u64 value) {
  if (strcmp(what, "there") == 0) g->there = (int)value;
  else if (strcmp(what, "energy") == 0) g->energy = value;
  else if (strcmp(what, "power") == 0) g->power = (u32)value;
  else if (strcmp(what, "limit") == 0) g->limit = (u32)value;
  else if (strcmp(what, "default limit") == 0) g->default_limit = (u32)value;
  else if (strcmp(what, "least") == 0) g->least = (u32)value;
  else if (strcmp(what, "most") == 0) g->most = (u32)value;
  else if (strcmp(what, "enforced") == 0) g->enforced = (u32)value;
  else if (strcmp(what, "busy") == 0) g->busy = (u32)value;
  else if (strcmp(what, "memory busy") == 0) g->memory_busy = (u32)value;
  else if (strcmp(what, "memory total") == 0) g->memory_total = value;
  else if (strcmp(what, "memory used") == 0) g->memory_used = value;
  else if (strcmp(what, "temperature") == 0) g->temperature = (u32)value;
  else if (strcmp(what, "registered") == 0) events.types[g - gpus] = value;
  else if (strcmp(what, "fan") == 0) g->fan = (u32)value;
  else if (strcmp(what, "sm clock") == 0) g->clocks[1] = (u32)value;
  else if (strcmp(what, "memory clock") == 0) g->clocks[2] = (u32)value;
  else if (strcmp(what, "reasons") == 0) g->reasons = value;
  else if (strcmp(what, "mig") == 0) g->mig = (u32)value;
  else if (strcmp(what, "mig pending") == 0) g->mig_pending = (u32)value;
  else if (strcmp(what, "minor") == 0) g->minor = (u32)value;
  else if (strcmp(what, "bus") == 0) g->bus = (u32)value;
  else if (strcmp(what, "fields") == 0) g->fields_given = (int)value;
  else return -1;
  return 0;
}

int test_set(int gpu, const char *what, u64 value) { return set(&gpus[gpu], what, value); }

void test_name(int gpu, const char *uuid, const char *name) {
  snprintf(gpus[gpu].uuid, 96, "%s", uuid);
  snprintf(gpus[gpu].name, 96, "%s", name);
}

void test_instance(int gpu, int place, const char *uuid, u64 total, u64 used) {
  struct gpu *g = &instances[gpu][place];
  g->there = uuid[0] != 0;
  g->whole = &gpus[gpu];
  snprintf(g->uuid, 96, "%s", uuid);
  snprintf(g->name, 96, "%s MIG", gpus[gpu].name);
  g->memory_total = total;
  g->memory_used = used;
}

void test_instance_ids(int gpu, int place, u32 gi, u32 ci) {
  instances[gpu][place].gi = gi;
  instances[gpu][place].ci = ci;
}

/* The value as an integer of the type; of a double its bits. */
void test_field(int gpu, u32 id, u32 scope, u32 type, u64 value) {
  struct gpu *g = &gpus[gpu];
  int i = 0;
  while (i < g->fields_given && (g->fields[i].id != id || g->fields[i].scope != scope)) i++;
  if (i == g->fields_given) g->fields_given++;
  g->fields[i].id = id;
  g->fields[i].scope = scope;
  g->fields[i].type = type;
  memset(&g->fields[i].value, 0xAA, sizeof(nvmlValue_t)); /* what is not set is no zero */
  switch (type) {
    case 1: g->fields[i].value.uiVal = (u32)value; break;
    case 5: g->fields[i].value.siVal = (int)value; break;
    case 6: g->fields[i].value.usVal = (unsigned short)value; break;
    default: g->fields[i].value.ullVal = value;
  }
}

/* An event of a GPU: it is lost if no set is registered for it. */
void test_event(int gpu, u64 type, u64 data) {
  if (events.there && (events.types[gpu] & type) && events.count < EVENTS) {
    nvmlEventData_t *event = &events.waiting[events.count++];
    event->device = &gpus[gpu];
    event->eventType = type;
    event->eventData = data;
    event->gpuInstanceId = event->computeInstanceId = ~0U;
  }
}

int test_event_sets(void) { return events.there; }

void test_processes(int gpu, u32 count) {
  gpus[gpu].processes_given = count;
  for (u32 i = 0; i < count; i++) {
    nvmlProcessInfo_t *p = &gpus[gpu].processes[i];
    p->pid = 1000 + i;
    p->usedGpuMemory = i == 0 ? ~0ULL : (u64)i << 20;
    p->gpuInstanceId = i == 0 ? ~0U : 3;
    p->computeInstanceId = i == 0 ? ~0U : 1;
  }
}

u32 test_size(const char *type) {
  if (strcmp(type, "nvmlMemory_t") == 0) return sizeof(nvmlMemory_t);
  if (strcmp(type, "nvmlUtilization_t") == 0) return sizeof(nvmlUtilization_t);
  if (strcmp(type, "nvmlProcessInfo_t") == 0) return sizeof(nvmlProcessInfo_t);
  if (strcmp(type, "nvmlPciInfo_t") == 0) return sizeof(nvmlPciInfo_t);
  if (strcmp(type, "nvmlEventData_t") == 0) return sizeof(nvmlEventData_t);
  if (strcmp(type, "nvmlFieldValue_t") == 0) return sizeof(nvmlFieldValue_t);
  return 0;
}

u32 test_offset(const char *member) {
  if (strcmp(member, "nvmlMemory_t.total") == 0) return offsetof(nvmlMemory_t, total);
  if (strcmp(member, "nvmlMemory_t.used") == 0) return offsetof(nvmlMemory_t, used);
  if (strcmp(member, "nvmlUtilization_t.gpu") == 0) return offsetof(nvmlUtilization_t, gpu);
  if (strcmp(member, "nvmlUtilization_t.memory") == 0) return offsetof(nvmlUtilization_t, memory);
  if (strcmp(member, "nvmlProcessInfo_t.pid") == 0) return offsetof(nvmlProcessInfo_t, pid);
  if (strcmp(member, "nvmlProcessInfo_t.usedGpuMemory") == 0)
    return offsetof(nvmlProcessInfo_t, usedGpuMemory);
  if (strcmp(member, "nvmlProcessInfo_t.gpuInstanceId") == 0)
    return offsetof(nvmlProcessInfo_t, gpuInstanceId);
  if (strcmp(member, "nvmlProcessInfo_t.computeInstanceId") == 0)
    return offsetof(nvmlProcessInfo_t, computeInstanceId);
  if (strcmp(member, "nvmlEventData_t.device") == 0) return offsetof(nvmlEventData_t, device);
  if (strcmp(member, "nvmlEventData_t.eventType") == 0)
    return offsetof(nvmlEventData_t, eventType);
  if (strcmp(member, "nvmlEventData_t.eventData") == 0)
    return offsetof(nvmlEventData_t, eventData);
  if (strcmp(member, "nvmlFieldValue_t.scopeId") == 0) return offsetof(nvmlFieldValue_t, scopeId);
  if (strcmp(member, "nvmlFieldValue_t.valueType") == 0)
    return offsetof(nvmlFieldValue_t, valueType);
  if (strcmp(member, "nvmlFieldValue_t.nvmlReturn") == 0)
    return offsetof(nvmlFieldValue_t, nvmlReturn);
  if (strcmp(member, "nvmlPciInfo_t.domain") == 0) return offsetof(nvmlPciInfo_t, domain);
  if (strcmp(member, "nvmlPciInfo_t.bus") == 0) return offsetof(nvmlPciInfo_t, bus);
  if (strcmp(member, "nvmlPciInfo_t.device") == 0) return offsetof(nvmlPciInfo_t, device);
  if (strcmp(member, "nvmlFieldValue_t.value") == 0) return offsetof(nvmlFieldValue_t, value);
  return ~0U;
}

/* ---- nvml.h */

const char *nvmlErrorString(nvmlReturn_t result) {
  switch (result) {
    case 3: return "Not Supported";
    case 4: return "Insufficient Permissions";
    case 9: return "Driver Not Loaded";
    case 15: return "GPU is lost";
    case 16: return "GPU requires reset";
    case 999: return "Unknown Error";
    default: return NULL;
  }
}

nvmlReturn_t nvmlInit_v2(void) {
  CHECK(NULL);
  initialised++;
  return SUCCESS;
}

nvmlReturn_t nvmlShutdown(void) {
  CHECK(NULL);
  initialised--;
  return SUCCESS;
}

static nvmlReturn_t copy(char *to, u32 length, const char *from) {
  if (strlen(from) >= length) return INSUFFICIENT_SIZE;
  strcpy(to, from);
  return SUCCESS;
}

nvmlReturn_t nvmlSystemGetDriverVersion(char *version, u32 length) {
  CHECK(NULL);
  return copy(version, length, "570.00.test");
}

nvmlReturn_t nvmlDeviceGetCount_v2(u32 *count) {
  CHECK(NULL);
  *count = 0;
  for (int i = 0; i < GPUS; i++) *count += gpus[i].there;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(u32 index, nvmlDevice_t *device) {
  for (int i = 0; i < GPUS; i++) {
    if (gpus[i].there && index-- == 0) {
      CHECK(&gpus[i]);
      *device = &gpus[i];
      return SUCCESS;
    }
  }
  return INVALID_ARGUMENT;
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
  for (int i = 0; i < GPUS; i++) {
    if (gpus[i].there && strcmp(gpus[i].uuid, uuid) == 0) {
      CHECK(&gpus[i]);
      *device = &gpus[i];
      return SUCCESS;
    }
  }
  return NOT_FOUND;
}

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, u32 length) {
  CHECK(device);
  return copy(name, length, device->name);
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, u32 length) {
  CHECK(device);
  return copy(uuid, length, device->uuid);
}

nvmlReturn_t nvmlDeviceGetMinorNumber(nvmlDevice_t device, u32 *minor) {
  CHECK(device);
  *minor = device->minor;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetPciInfo_v3(nvmlDevice_t device, nvmlPciInfo_t *pci) {
  CHECK(device);
  memset(pci, 0xAA, sizeof *pci);
  pci->domain = 0;
  pci->bus = device->bus;
  pci->device = 0;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetGpuInstanceId(nvmlDevice_t device, u32 *id) {
  CHECK(device);
  if (device->whole == NULL) return INVALID_ARGUMENT;
  *id = device->gi;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetComputeInstanceId(nvmlDevice_t device, u32 *id) {
  CHECK(device);
  if (device->whole == NULL) return INVALID_ARGUMENT;
  *id = device->ci;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetClockInfo(nvmlDevice_t device, u32 type, u32 *clock) {
  CHECK(device);
  if (type > 3) return INVALID_ARGUMENT;
  *clock = device->clocks[type];
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetTemperature(nvmlDevice_t device, u32 sensor, u32 *temperature) {
  CHECK(device);
  if (sensor != 0) return INVALID_ARGUMENT;
  *temperature = device->temperature;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetFanSpeed(nvmlDevice_t device, u32 *percent) {
  CHECK(device);
  *percent = device->fan;
  return SUCCESS;
}

nvmlReturn_t nvmlEventSetCreate(nvmlEventSet_t *set) {
  CHECK(NULL);
  events.there++;
  *set = &events;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceRegisterEvents(nvmlDevice_t device, u64 types, nvmlEventSet_t set) {
  CHECK(device);
  if (set != &events || !events.there) return INVALID_ARGUMENT;
  events.types[device - gpus] |= types;
  return SUCCESS;
}

#ifdef OLD_DRIVER
#define nvmlEventSetWait_v2 nvmlEventSetWait
#endif
nvmlReturn_t nvmlEventSetWait_v2(nvmlEventSet_t set, nvmlEventData_t *data, u32 millis) {
  CHECK(NULL);
  if (set != &events || !events.there || millis != 0) return INVALID_ARGUMENT;
  if (events.count == 0) return TIMEOUT;
  *data = events.waiting[0];
  memmove(events.waiting, events.waiting + 1, --events.count * sizeof(nvmlEventData_t));
  return SUCCESS;
}

nvmlReturn_t nvmlEventSetFree(nvmlEventSet_t set) {
  CHECK(NULL);
  if (set != &events || !events.there) return INVALID_ARGUMENT;
  events.there--;
  memset(events.types, 0, sizeof events.types);
  events.count = 0;
  return SUCCESS;
}

#ifdef OLD_DRIVER
#define nvmlDeviceGetCurrentClocksEventReasons nvmlDeviceGetCurrentClocksThrottleReasons
#endif
nvmlReturn_t nvmlDeviceGetCurrentClocksEventReasons(nvmlDevice_t device, u64 *reasons) {
  CHECK(device);
  *reasons = device->reasons;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetPowerManagementLimit(nvmlDevice_t device, u32 *limit) {
  CHECK(device);
  *limit = device->limit;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetPowerManagementLimitConstraints(
    nvmlDevice_t device, u32 *least, u32 *most) {
  CHECK(device);
  *least = device->least;
  *most = device->most;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetPowerManagementDefaultLimit(nvmlDevice_t device, u32 *limit) {
  CHECK(device);
  *limit = device->default_limit;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetPowerUsage(nvmlDevice_t device, u32 *power) {
  CHECK(device);
  *power = device->power;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetTotalEnergyConsumption(nvmlDevice_t device, u64 *energy) {
  CHECK(device);
  *energy = device->energy;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetEnforcedPowerLimit(nvmlDevice_t device, u32 *limit) {
  CHECK(device);
  *limit = device->enforced;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
  CHECK(device);
  memory->total = device->memory_total;
  memory->used = device->memory_used;
  memory->free = memory->total - memory->used;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetUtilizationRates(nvmlDevice_t device, nvmlUtilization_t *utilization) {
  CHECK(device);
  if (device->mig || device->whole != NULL) return NOT_SUPPORTED;
  utilization->gpu = device->busy;
  utilization->memory = device->memory_busy;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(
    nvmlDevice_t device, u32 *count, nvmlProcessInfo_t *processes) {
  CHECK(device);
  u32 room = *count;
  *count = device->processes_given;
  if (room < device->processes_given) return INSUFFICIENT_SIZE;
  memcpy(processes, device->processes, device->processes_given * sizeof(nvmlProcessInfo_t));
  return SUCCESS;
}

#ifndef OLD_DRIVER
nvmlReturn_t nvmlDeviceGetFieldValues(nvmlDevice_t device, int count, nvmlFieldValue_t *values) {
  CHECK(device);
  for (int v = 0; v < count; v++) {
    /* a field that is not known is an argument that is not valid */
    values[v].nvmlReturn = values[v].fieldId > 198 ? INVALID_ARGUMENT : NOT_SUPPORTED;
    for (int f = 0; f < device->fields_given; f++) {
      if (device->fields[f].id == values[v].fieldId &&
          device->fields[f].scope == values[v].scopeId) {
        values[v].nvmlReturn = SUCCESS;
        values[v].valueType = device->fields[f].type;
        values[v].value = device->fields[f].value;
      }
    }
  }
  return SUCCESS;
}
#endif

nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, u32 *now, u32 *pending) {
  CHECK(device);
  *now = device->mig;
  *pending = device->mig_pending;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t device, u32 *count) {
  CHECK(device);
  *count = PLACES;
  return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(
    nvmlDevice_t device, u32 index, nvmlDevice_t *instance) {
  CHECK(device);
  if (index >= PLACES || !instances[device - gpus][index].there) return NOT_FOUND;
  *instance = &instances[device - gpus][index];
  return SUCCESS;
}
