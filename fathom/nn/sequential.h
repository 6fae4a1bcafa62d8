// Sequential: a run-time list of layers, each a value of any callable type.
#pragma once
#include <concepts>
#include <memory>
#include <string>
#include <vector>

#include "fathom/nn/module.h"

namespace fathom::nn {

/// Anything callable as Tensor -> Tensor: a layer, a function, a user's struct, another Sequential.
class Layer {
 public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, Layer> &&
           std::is_class_v<std::remove_cvref_t<F>> &&
           std::is_invocable_r_v<Tensor, const std::remove_cvref_t<F>&, const Tensor&>)
      Layer(F callable)  // NOLINT(google-explicit-constructor)
      : self_(std::make_unique<Model<F>>(std::move(callable))) {}
  /// A plain function, such as `relu`.
  Layer(Tensor (*function)(const Operand&));  // NOLINT(google-explicit-constructor)

  Layer(const Layer& other) : self_(other.self_->clone()) {}
  Layer(Layer&&) noexcept = default;
  Layer& operator=(const Layer& other) {
    self_ = other.self_->clone();
    return *this;
  }
  Layer& operator=(Layer&&) noexcept = default;

  Tensor operator()(const Tensor& x,
                    std::source_location where = std::source_location::current()) const {
    return self_->call(x, where);
  }
  void visit(const Path& path, Visitor& visitor) { self_->visit(path, visitor); }

 private:
  struct Concept {
    virtual ~Concept() = default;
    virtual std::unique_ptr<Concept> clone() const = 0;
    virtual Tensor call(const Tensor& x, const std::source_location& where) const = 0;
    virtual void visit(const Path& path, Visitor& visitor) = 0;
  };
  template <class F> struct Model final : Concept {
    explicit Model(F f) : callable(std::move(f)) {}
    std::unique_ptr<Concept> clone() const override { return std::make_unique<Model>(callable); }
    Tensor call(const Tensor& x, const std::source_location& where) const override {
      if constexpr (std::is_invocable_v<const F&, const Tensor&, std::source_location>)
        return callable(x, where);
      else
        return callable(x);
    }
    void visit(const Path& path, Visitor& visitor) override {
      static_assert(is_model<F>);
      detail::walk(callable, path, visitor);
    }
    F callable;
  };
  std::unique_ptr<Concept> self_;
};

/// Layers one after another. Names: "0.weight", "1.bias", as in torch.
class Sequential {
 public:
  Sequential(std::initializer_list<Layer> layers) : layers(layers) {}
  explicit Sequential(std::vector<Layer> layers) : layers(std::move(layers)) {}
  Tensor operator()(const Tensor& x,
                    std::source_location where = std::source_location::current()) const {
    Tensor y = x;
    for (const Layer& layer : layers) y = layer(y, where);
    return y;
  }
  std::vector<Layer> layers;
};

/// A layer with a name of its own.
struct NamedLayer {
  std::string name;
  Layer layer;
};
/// Layers one after another under given names, as torch's Sequential(OrderedDict(...)).
class NamedSequential {
 public:
  NamedSequential(std::initializer_list<NamedLayer> layers) : layers(layers) {}
  explicit NamedSequential(std::vector<NamedLayer> layers) : layers(std::move(layers)) {}
  Tensor operator()(const Tensor& x,
                    std::source_location where = std::source_location::current()) const {
    Tensor y = x;
    for (const NamedLayer& named : layers) y = named.layer(y, where);
    return y;
  }
  std::vector<NamedLayer> layers;
};

namespace detail {
/// A Sequential's own layers come without a field name in between, as in torch.
template <> struct is_model<Sequential> { static constexpr bool value = true; };
template <> inline void walk<Sequential>(Sequential& m, const Path& path, Visitor& visitor) {
  visitor.module(path, &m, "nn::Sequential");
  walk(m.layers, path, visitor);
}
template <> struct is_model<NamedSequential> { static constexpr bool value = true; };
template <>
inline void walk<NamedSequential>(NamedSequential& m, const Path& path, Visitor& visitor) {
  visitor.module(path, &m, "nn::NamedSequential");
  for (NamedLayer& named : m.layers) walk(named.layer, Path{&path, named.name}, visitor);
}
}  // namespace detail

}  // namespace fathom::nn
