#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace example {

// A pool that hands out objects and takes them back.
template <typename T>
class Pool {
 public:
  explicit Pool(std::size_t most) : most_(most) {}

  std::unique_ptr<T> take() {
    if (!free_.empty()) {
      auto object = std::move(free_.back());
      free_.pop_back();
      return object;
    }
    if (made_ >= most_) {
      throw std::runtime_error("the pool is empty");
    }
    ++made_;
    return std::make_unique<T>();
  }

  void give(std::unique_ptr<T> object) {
    if (object == nullptr) return;
    free_.push_back(std::move(object));
  }

  [[nodiscard]] std::size_t idle() const noexcept { return free_.size(); }

 private:
  std::vector<std::unique_ptr<T>> free_;
  std::size_t most_;
  std::size_t made_ = 0;
};

std::unordered_map<std::string, int> count(const std::vector<std::string>& words) {
  std::unordered_map<std::string, int> counts;
  for (const auto& word : words) {
    auto [at, isNew] = counts.try_emplace(word, 0);
    at->second += 1;
  }
  return counts;
}

int longest(const std::vector<std::string>& words) {
  const auto found = std::max_element(words.begin(), words.end(), [](const auto& a, const auto& b) {
    return a.size() < b.size();
  });
  return found == words.end() ? 0 : static_cast<int>(found->size());
}

}  // namespace example
