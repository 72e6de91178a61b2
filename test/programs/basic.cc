// A first step into C++: classes, references, templates, namespaces, overloads, exceptions.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace geometry {
struct Point {
    int x, y;
    Point(int x, int y) : x(x), y(y) {}
    int manhattan() const { return (x < 0 ? -x : x) + (y < 0 ? -y : y); }
};

class Shape {
  public:
    explicit Shape(std::string name) : name_(std::move(name)) {}
    virtual ~Shape() = default;
    virtual double area() const = 0;
    const std::string &name() const { return name_; }
    static int count;

  protected:
    std::string name_;
};

class Square : public Shape {
  public:
    explicit Square(double side) : Shape("square"), side_(side) { count++; }
    double area() const override { return side_ * side_; }

  private:
    double side_;
};

int Shape::count = 0;
} // namespace geometry

template <typename T> T largest(const std::vector<T> &values) {
    T result = values.front();
    for (const T &value : values)
        if (value > result)
            result = value;
    return result;
}

static int twice(int value) { return value * 2; }
static double twice(double value) { return value * 2; }

static int guarded(int value) {
    try {
        if (value > 2)
            throw std::out_of_range("too large");
        return value;
    } catch (const std::exception &error) {
        std::printf("caught %s\n", error.what());
        return -1;
    }
}

int main() {
    geometry::Point point(3, -4);
    geometry::Point &alias = point;
    geometry::Square square(1.5);
    const geometry::Shape *shape = &square;
    std::vector<int> values{3, 1, 4, 1, 5};
    alias.x = 7;
    int sum = point.manhattan() + largest(values) + twice(2) + guarded(3);
    std::printf("%d %.2f %.1f %s %d\n", sum, shape->area(), twice(1.25), shape->name().c_str(), geometry::Shape::count);
    return 0;
}
