#include "fathom/graph/backend.h"

namespace fathom {
namespace {

Backend& (*maker(Device device))() {
  return device == Device::reference ? reference_backend : cpu_backend;
}

void use(Device device) {
  graph::context().device = device;
  graph::context().backend = maker(device);
}

}  // namespace

Backend& backend_of(Device device) { return maker(device)(); }

DeviceScope::DeviceScope(Device device) : before_(graph::context().device) { use(device); }
DeviceScope::~DeviceScope() { use(before_); }

}  // namespace fathom
