<?php

declare(strict_types=1);

namespace Example\Http;

use InvalidArgumentException;

/**
 * Finds the handler of a path.
 */
final class Router
{
    /** @var array<string, array{pattern: string, handler: callable}> */
    private array $routes = [];

    public function __construct(private readonly string $prefix = '')
    {
    }

    public function add(string $name, string $pattern, callable $handler): self
    {
        if (isset($this->routes[$name])) {
            throw new InvalidArgumentException("the route {$name} is there already");
        }
        $this->routes[$name] = [
            'pattern' => $this->prefix . $pattern,
            'handler' => $handler,
        ];

        return $this;
    }

    public function match(string $path): ?array
    {
        foreach ($this->routes as $name => ['pattern' => $pattern, 'handler' => $handler]) {
            $regex = '#^' . preg_replace('/\{(\w+)\}/', '(?<$1>[^/]+)', $pattern) . '$#';
            if (preg_match($regex, $path, $found) !== 1) {
                continue;
            }
            $values = array_filter($found, fn ($key) => is_string($key), ARRAY_FILTER_USE_KEY);

            return [$name, $handler, $values];
        }

        return null;
    }

    public function url(string $name, array $values = []): string
    {
        $pattern = $this->routes[$name]['pattern'] ?? throw new InvalidArgumentException($name);
        foreach ($values as $key => $value) {
            $pattern = str_replace('{' . $key . '}', rawurlencode((string) $value), $pattern);
        }

        return $pattern;
    }
}
