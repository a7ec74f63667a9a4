using System.Text;
using OrleansBroker.Mqtt.Topics;

namespace OrleansBroker.Mqtt.Tests.Topics;

public sealed class Utf8OrderTests
{
    [Fact]
    public void Compare_AnyTwo_IsTheOrderOfTheirBytes()
    {
        string[] letters = ["", "a", "b", "\u007F", "\u0080", "\u07FF", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U00010001", "\U0001F600", "\U0010FFFF"];
        string[] texts = [.. letters.SelectMany(first => letters.Select(second => first + second)).Distinct()];
        foreach (var left in texts)
        {
            foreach (var right in texts)
            {
                var expected = Math.Sign(Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));
                Assert.True(expected == Math.Sign(Utf8Order.Instance.Compare(left, right)), $"{left} {right}");
            }
        }
    }
}
