#include "fathom/graph/backend.h"

namespace fathom {

Backend& backend_of(Device device) {
  return device == Device::reference ? reference_backend() : cpu_backend();
}

}  // namespace fathom
