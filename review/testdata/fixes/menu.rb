# frozen_string_literal: true

require "set"

# A menu of dishes, by price.
class Menu
  include Enumerable

  Dish = Struct.new(:name, :price, :tags, keyword_init: true)

  attr_reader :dishes

  def initialize(dishes = [])
    @dishes = dishes
    @seen = Set.new
  end

  def add(name, price:, tags: [])
    raise ArgumentError, "#{name} has no price" unless price.positive?

    return if @seen.include?(name)

    @seen << name
    @dishes << Dish.new(name: name, price: price, tags: tags)
  end

  def each(&block)
    @dishes.sort_by(&:price).each(&block)
  end

  def cheapest(tag = nil)
    found = select { |dish| tag.nil? || dish.tags.include?(tag) }
    if found.empty?
      nil
    else
      found.first
    end
  end

  def to_s
    map do |dish|
      format("%-20s %6.2f", dish.name, dish.price)
    end.join("\n")
  end

  def self.from(text)
    menu = new
    text.each_line do |line|
      case line
      when /\A\s*#/ then next
      when /\A(?<name>[^:]+):\s*(?<price>\d+(?:\.\d+)?)\z/
        menu.add($~[:name], price: $~[:price].to_f)
      end
    end
    menu
  end
end
