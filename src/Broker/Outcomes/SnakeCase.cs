using System.Text;

namespace OrleansBroker.Broker.Outcomes;

/// <summary>Names of the code as they are written outside of it.</summary>
public static class SnakeCase
{
    /// <summary><c>QueueFullOldest</c> to <c>queue_full_oldest</c>.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    public static string Of<TName>(TName name)
        where TName : struct, Enum => Of(name.ToString());
}
