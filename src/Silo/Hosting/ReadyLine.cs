using System.Text;
using OrleansBroker.Silo.Listening;

namespace OrleansBroker.Silo.Hosting;

/// <summary>The one line on standard output: <c>ready tcp=127.0.0.1:1883 http=127.0.0.1:8080 node=ID</c>. Several addresses of one listener are
/// separated by semicolons, as in the options; what is off is absent.</summary>
internal static class ReadyLine
{
    /// <param name="node">Identity of the node, without white space.</param>
    public static string Format(IEnumerable<BoundListener> listeners, string node)
    {
        var line = new StringBuilder("ready");
        foreach (var same in listeners.GroupBy(bound => bound.Listener.Name))
            line.Append(' ').Append(same.Key).Append('=').AppendJoin(';', same.Select(bound => bound.EndPoint));
        return line.Append(" node=").Append(node).ToString();
    }
}
